// Modules with typed function references, which the suite has none of.
#pragma once

#include <vector>

#include "base/bytes.hpp"

namespace tenon::fuzz {

[[nodiscard]] std::vector<base::Bytes> reference_modules();

}  // namespace tenon::fuzz
