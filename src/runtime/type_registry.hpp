// One number for each function type in the process, so that an indirect call
// compares numbers. The registry is the one thing that all stores share: code
// of one artifact may end up in a table of another's.
#pragma once

#include <cstdint>

#include <tenon/types.hpp>

namespace tenon::runtime {

// Never artifact::kNullTypeId; equal types give equal ids for the life of the
// process. Thread-safe.
[[nodiscard]] std::uint32_t type_id_of(const FunctionType& type);

// Precondition: type_id_of gave the id. The reference stays valid. Thread-safe.
[[nodiscard]] const FunctionType& type_of_id(std::uint32_t id);

}  // namespace tenon::runtime
