// Objects of AssemblyScript in guest memory; see assemblyscript.hpp for their layout.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include <tenon/error.hpp>

namespace tenon::plugin {

inline constexpr std::uint32_t kArrayBufferClass = 1;
inline constexpr std::uint32_t kStringClass = 2;

struct GuestObject {
  std::uint32_t class_id;
  std::span<std::uint8_t> contents;
};

// The ArrayBuffer or String at `pointer`, all of it inside `memory`, else
// ErrorCode::protocol; `what` says who returned the pointer. The view dies when
// the guest runs.
[[nodiscard]] std::expected<GuestObject, Error> object_at(std::span<std::uint8_t> memory, std::uint32_t pointer,
                                                          std::string_view what);

// Replaces `result` by the object's text as UTF-8. An ArrayBuffer's bytes are
// taken as they are; a lone surrogate in a String becomes U+FFFD.
void copy_text(const GuestObject& object, std::string& result);

}  // namespace tenon::plugin
