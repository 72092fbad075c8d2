// Objects of AssemblyScript in guest memory; see assemblyscript.hpp for their layout.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <tenon/error.hpp>

namespace tenon::plugin {

// What went wrong, null for nothing. The steps of a call hand this on and not a
// std::expected, whose Error would be built and torn down at each of them.
using Failure = std::unique_ptr<Error>;
[[nodiscard]] Failure failure(ErrorCode code, std::string message);

inline constexpr std::uint32_t kArrayBufferClass = 1;
inline constexpr std::uint32_t kStringClass = 2;

struct GuestObject {
  std::uint32_t class_id = 0;
  std::span<std::uint8_t> contents;
};

// Puts into `object` the ArrayBuffer or String at `pointer`, all of it inside
// `memory`, or fails with ErrorCode::protocol; `what` says who returned the
// pointer. The view dies when the guest runs.
[[nodiscard]] Failure object_at(std::span<std::uint8_t> memory, std::uint32_t pointer, std::string_view what,
                                GuestObject& object);

// Replaces `result` by the object's text as UTF-8. An ArrayBuffer's bytes are
// taken as they are; a lone surrogate in a String becomes U+FFFD.
void copy_text(const GuestObject& object, std::string& result);

}  // namespace tenon::plugin
