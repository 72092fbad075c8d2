// Files and parts of files, read whole: keys and signatures.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>

#include <tenon/error.hpp>

#include "base/bytes.hpp"

namespace tenon::trust {

// A regular file of at most so many bytes. Errors, phase load: io; the message names the file.
[[nodiscard]] std::expected<base::Bytes, Error> read_small_file(const std::filesystem::path& path,
                                                                std::size_t most);

// As many bytes as `to` has room for, from that place; fewer only at the end of the file. -1: an
// error, in errno.
[[nodiscard]] std::int64_t read_at(int fd, std::span<std::uint8_t> to, std::uint64_t offset);

// Opens to read, and never waits: a pipe in the place of a file is refused later. -1: an error.
[[nodiscard]] int open_to_read(const std::filesystem::path& path);

}  // namespace tenon::trust
