// Opening a path below a directory of the host's, so that it never leads out of there.
//
// The kernel does it where it has openat2 (Linux 5.6) and no filter forbids it. Else we walk:
// component by component, each opened without following links, from directories that we
// hold. Either way no check of a path comes before its use, so nothing that another thread
// or process renames in between matters.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "wasi/errno.hpp"
#include "wasi/files/handle.hpp"

namespace tenon::wasi {

enum class Resolution : std::uint8_t {
  automatic,  // the kernel's, and the walk where there is none
  walk        // for tests
};

// As openat(2) with these flags; O_CLOEXEC is added. Errors: as that, and not_permitted where
// the path, or a link on its way, is absolute or leads above the directory. Magic links of
// /proc are never followed.
[[nodiscard]] Result<Handle> open_beneath(int directory, const std::string& path, int flags, mode_t mode,
                                          Resolution resolution);

}  // namespace tenon::wasi
