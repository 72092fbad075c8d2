// From the system's errno to WASI's.
#pragma once

#include "wasi/errno.hpp"

namespace tenon::wasi {

// What WASI has no number for, or a guest has no use for, is `io`.
[[nodiscard]] Errno from_host_errno(int number);
// Of the call that failed just now, by `errno`.
[[nodiscard]] std::unexpected<Errno> host_failure();
// The same for a call that gives -1 where it fails.
[[nodiscard]] inline Result<void> checked(int result) {
  if (result == -1) return host_failure();
  return {};
}

}  // namespace tenon::wasi
