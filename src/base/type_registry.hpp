// One number for each function type in the process, so that an indirect call
// compares numbers and a reference type has room for one. The registry is the
// one thing that all stores share: code of one artifact may end up in a table of
// another's. Compiled modules number their types by themselves (src/wasm).
#pragma once

#include <cstdint>

#include <tenon/types.hpp>

namespace tenon::base {

// Never 0; equal types give equal ids for the life of the process, and what a
// type refers to has a lower id than the type. Thread-safe.
[[nodiscard]] std::uint32_t type_id_of(const FunctionType& type);

// Precondition: type_id_of gave the id. The reference stays valid. Thread-safe.
[[nodiscard]] const FunctionType& type_of_id(std::uint32_t id);

}  // namespace tenon::base
