// Writing files that are whole or not there, whatever happens meanwhile: a full disk, a signal,
// a crash of the machine, somebody else who writes the same.
#pragma once

#include <sys/types.h>

#include <expected>
#include <string>

#include "base/bytes.hpp"

namespace tenon::tools {

// Puts a file there, in place of what was there. Follows links to where they lead; a special file
// (/dev/null, a pipe) is written to as it is. The new file has these permissions, less what
// the process's mask takes. The error is one line for people.
[[nodiscard]] std::expected<void, std::string> replace_file(const std::string& name, base::ByteView bytes,
                                                            mode_t permissions);

// Puts a file there with exactly these permissions, where there is none, not even a link: else
// an error that says so.
[[nodiscard]] std::expected<void, std::string> create_file(const std::string& name, base::ByteView bytes,
                                                           mode_t permissions);

// 0, or the error.
[[nodiscard]] int write_all(int descriptor, base::ByteView bytes);

}  // namespace tenon::tools
