// The function that says in one number what state a call has left behind.
#pragma once

#include "shape.hpp"

namespace tenon::fuzz {

// Hashes memories, tables and globals, and what the first instance's digest says
// where that is imported.
[[nodiscard]] Bytes make_digest(const Shape& shape);

}  // namespace tenon::fuzz
