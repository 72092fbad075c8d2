// The values of `errno` in WASI preview 1 that we answer with
// (phases/snapshot/docs.md of the WASI repository).
#pragma once

#include <cstdint>

namespace tenon::wasi {

enum class Errno : std::uint32_t {
  success = 0,
  bad_descriptor = 8,  // badf
  fault = 21,          // a pointer outside the memory
  invalid = 28,        // inval
  io = 29,
  not_implemented = 52,  // nosys
  not_seekable = 70,     // spipe
};

}  // namespace tenon::wasi
