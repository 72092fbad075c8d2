// A directory that the host gives to guests, open from the first guest on.
#pragma once

#include <mutex>

#include <tenon/wasi.hpp>

#include "wasi/files/handle.hpp"

namespace tenon::detail {

struct OpenedDirectory {
  std::mutex opening;
  wasi::Handle handle;  // none until then; never another one
};

}  // namespace tenon::detail
