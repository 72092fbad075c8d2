// Reading what is to be compiled: a .wasm file, or a .wat file by way of the
// wat2wasm program.
#pragma once

#include <expected>
#include <string>

#include <tenon/error.hpp>

#include "base/bytes.hpp"

namespace tenon::tools {

// "-" is standard input.
[[nodiscard]] std::expected<base::Bytes, Error> read_input(const std::string& path);

// Whole or not at all: writes a temporary file beside the one that `name` leads to,
// then renames it. "-" is standard output.
[[nodiscard]] std::expected<void, Error> write_output(const std::string& name, base::ByteView bytes);

// Whether writing `output` would overwrite `input`.
[[nodiscard]] bool is_same_file(const std::string& input, const std::string& output);

}  // namespace tenon::tools
