// WASI for guests, over files that need not be the host's.
#pragma once

#include <expected>
#include <memory>

#include <tenon/imports.hpp>
#include <tenon/wasi.hpp>

#include "wasi/files/file_system.hpp"

namespace tenon::wasi {

// As tenon::add_wasi.
[[nodiscard]] std::expected<void, Error> add(Imports& imports, WasiOptions options,
                                             std::shared_ptr<FileSystem> files);

}  // namespace tenon::wasi
