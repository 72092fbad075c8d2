// Modules with a mistake or a few in them, each by its number alone.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"

namespace tenon::fuzz {

// One of `originals` with one to three changes: of a byte, or of a block that
// is removed, repeated, overwritten or cut off. Precondition: none is empty.
[[nodiscard]] base::Bytes make_mutant(const std::vector<base::Bytes>& originals, std::uint64_t seed,
                                      std::uint64_t number);

}  // namespace tenon::fuzz
