// Objects to an artifact.
#pragma once

#include <expected>
#include <vector>

#include <tenon/error.hpp>

#include "base/bytes.hpp"

namespace tenon::compiler {

// ELF relocatable objects to a hermetic shared object, with lld.
[[nodiscard]] std::expected<base::Bytes, Error> link_shared_object(const std::vector<base::Bytes>& objects);

}  // namespace tenon::compiler
