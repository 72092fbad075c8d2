// Reading what is to be compiled: a .wasm file, or a .wat file by way of the
// wat2wasm program.
#pragma once

#include <expected>
#include <string>

#include <tenon/error.hpp>

#include "base/bytes.hpp"

namespace tenon::tools {

[[nodiscard]] std::expected<base::Bytes, Error> read_input(const std::string& path);

// Whole or not at all: writes a temporary file beside `path`, then renames it.
[[nodiscard]] std::expected<void, Error> write_output(const std::string& path, base::ByteView bytes);

}  // namespace tenon::tools
