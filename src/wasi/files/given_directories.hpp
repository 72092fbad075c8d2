// The directories that a host gives to guests (WasiOptions::preopens).
#pragma once

#include <string>

#include <tenon/wasi.hpp>

#include "wasi/files/file_system.hpp"

namespace tenon::wasi {

// Opens all that are not open yet, those that lie in others after these. Each is opened by its path
// once for all copies of the options. Returns the first that cannot be opened, and why;
// null where all are open. Thread-safe.
struct Unopened {
  const WasiOptions::Preopen* preopen;
  Errno why;
};
[[nodiscard]] Unopened open_given(const WasiOptions& options, FileSystem& files);

// One that is open, with a position of its own for reading its entries.
[[nodiscard]] Result<Handle> share_given(const WasiOptions::Preopen& preopen, FileSystem& files);

}  // namespace tenon::wasi
