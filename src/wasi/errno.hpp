// The values of `errno` in WASI preview 1 that we answer with
// (phases/snapshot/docs.md of the WASI repository).
#pragma once

#include <cstdint>
#include <expected>

namespace tenon::wasi {

enum class Errno : std::uint32_t {
  success = 0,
  access = 2,  // acces
  again = 6,
  bad_descriptor = 8,  // badf
  busy = 10,
  quota = 19,  // dquot
  exists = 20,
  fault = 21,           // a pointer outside the memory
  file_too_large = 22,  // fbig
  interrupted = 27,     // intr
  invalid = 28,         // inval
  io = 29,
  is_directory = 31,
  loop = 32,
  too_many_descriptors = 33,  // mfile
  too_many_links = 34,        // mlink
  name_too_long = 37,
  too_many_open_files = 41,  // nfile: of the host's
  no_device = 43,            // nodev
  no_entry = 44,             // noent
  no_memory = 48,
  no_space = 51,
  not_implemented = 52,  // nosys
  not_directory = 54,
  not_empty = 55,
  not_socket = 57,
  not_supported = 58,
  no_such_device = 60,  // nxio
  overflow = 61,
  not_permitted = 63,    // perm: among others a path that leads outside
  broken_pipe = 64,      // pipe
  read_only_files = 69,  // rofs
  not_seekable = 70,     // spipe
  stale = 72,            // of a file system on the network
  text_busy = 74,        // txtbsy
  cross_device = 75,     // xdev
  not_capable = 76,      // the descriptor lacks a right
};

template <typename T>
using Result = std::expected<T, Errno>;

// For functions of WASI that give nothing but an errno.
[[nodiscard]] inline Errno errno_of(const Result<void>& result) {
  return result ? Errno::success : result.error();
}

}  // namespace tenon::wasi
