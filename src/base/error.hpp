// Short ways to make the library's errors: a std::expected for whoever calls the library,
// a Failure for its own steps to hand on.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include <tenon/error.hpp>

namespace tenon::base {

[[nodiscard]] inline std::unexpected<Error> fail(Phase phase, ErrorCode code, std::string message) {
  return std::unexpected(Error{.phase = phase, .code = code, .message = std::move(message)});
}

[[nodiscard]] inline std::unexpected<Error> fail_at(Phase phase, ErrorCode code, std::uint64_t offset,
                                                    std::string message) {
  return std::unexpected(
      Error{.phase = phase, .code = code, .message = std::move(message), .byte_offset = offset});
}

using detail::Failure;

[[nodiscard]] inline Failure failure(Phase phase, ErrorCode code, std::string message) {
  return std::make_unique<Error>(Error{.phase = phase, .code = code, .message = std::move(message)});
}

}  // namespace tenon::base
