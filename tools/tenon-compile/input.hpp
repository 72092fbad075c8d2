// Reads what is to be compiled: a .wasm file, or a .wat file by way of the wat2wasm
// program.
#pragma once

#include <expected>
#include <string>

#include <tenon/error.hpp>

#include "base/bytes.hpp"

namespace tenon::tools {

// "-" is standard input.
[[nodiscard]] std::expected<base::Bytes, Error> read_input(const std::string& path);

// Writes the file whole or not at all (shared/whole_file.hpp). "-" is standard output.
[[nodiscard]] std::expected<void, Error> write_output(const std::string& name, base::ByteView bytes);

// Whether writing `output` would overwrite `input`.
[[nodiscard]] bool is_same_file(const std::string& input, const std::string& output);

}  // namespace tenon::tools
