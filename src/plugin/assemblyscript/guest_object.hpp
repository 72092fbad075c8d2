// Objects of AssemblyScript in guest memory; see assemblyscript.hpp for their layout.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace tenon::plugin::assemblyscript {

inline constexpr std::uint32_t kArrayBufferClass = 1;
inline constexpr std::uint32_t kStringClass = 2;

// AssemblyScript's own limit of an object (std/assembly/rt/common.ts, OBJECT_MAXSIZE): 1 GiB
// without the headers.
inline constexpr std::uint64_t kMaxObject = (std::uint64_t{1} << 30) - 32;

struct GuestObject {
  std::uint32_t class_id = 0;
  std::uint32_t size = 0;  // bytes
  std::uint8_t* contents = nullptr;
};

// Safety: reads once. Threads may share the memory, so reading a value again after the
// check could give another. It reads each field by itself: the guest has just stored them
// one by one, and a wider load would have to wait for both stores.
inline std::uint32_t load_once(const std::uint8_t* at) {
  std::uint32_t value;
  std::memcpy(&value, at, sizeof value);
  asm volatile("" : "+r"(value));
  return value;
}

// What may be wrong with an object that the guest points to.
enum class ObjectFault : std::uint8_t { none, null, outside, other_class, too_long, odd_string };

// Puts the ArrayBuffer or String at `pointer` into `object` if all of it is inside
// `memory`; else says what is wrong, and `object` has what was found of it. The pointer in
// it is good until the guest runs.
[[nodiscard]] inline ObjectFault find_object(std::span<std::uint8_t> memory, std::uint32_t pointer,
                                             GuestObject& object) {
  constexpr std::uint32_t kHeaderSize = 8;
  if (pointer < kHeaderSize || pointer > memory.size())
    return pointer == 0 ? ObjectFault::null : ObjectFault::outside;
  std::uint8_t* const contents = memory.data() + pointer;
  const std::uint32_t class_id = load_once(contents - kHeaderSize);
  const std::uint32_t size = load_once(contents - sizeof(std::uint32_t));
  object = {.class_id = class_id, .size = size, .contents = contents};
  if (class_id != kArrayBufferClass && class_id != kStringClass) return ObjectFault::other_class;
  // A sum of u32 in 64 bits cannot wrap.
  if (std::uint64_t{pointer} + size > memory.size()) return ObjectFault::too_long;
  return class_id == kStringClass && size % 2 != 0 ? ObjectFault::odd_string : ObjectFault::none;
}

// The error for a fault, ErrorCode::protocol; `what` begins the sentence, as "malloc returned".
[[nodiscard]] base::Failure describe(ObjectFault fault, const GuestObject& object, std::uint64_t memory_size,
                                     std::uint32_t pointer, std::string_view what);

// A text as a guest's object holds it: the units and bytes that it takes, and how to write them.
class ObjectText {
 public:
  // As a String, whose text may have to be converted: `wide` keeps it, and is empty for ASCII.
  // As an ArrayBuffer, which has the bytes as they are. Both must live while this is used.
  ObjectText(std::string_view text, std::u16string_view wide, bool is_string)
      : text_(text), wide_(wide), is_string_(is_string) {}
  [[nodiscard]] std::uint64_t size() const {
    return is_string_ ? 2 * std::uint64_t{wide_.empty() ? text_.size() : wide_.size()} : text_.size();
  }
  [[nodiscard]] std::uint32_t class_id() const { return is_string_ ? kStringClass : kArrayBufferClass; }
  // Precondition: there is room for size() bytes.
  void write(std::uint8_t* contents) const {
    if (is_string_) {
      write_string(contents);
    } else if (!text_.empty()) {
      std::memcpy(contents, text_.data(), text_.size());
    }
  }

 private:
  void write_string(std::uint8_t* contents) const;

  std::string_view text_;
  std::u16string_view wide_;
  bool is_string_;
};
// Replaces `wide` by the text in UTF-16, or empties it where that is ASCII.
void widen_unless_ascii(std::string_view text, std::u16string& wide);

// Replaces `result` by the object's text as UTF-8: the bytes of an ArrayBuffer as they
// are, a String with each lone surrogate as U+FFFD.
void copy_text(const GuestObject& object, std::string& result);

}  // namespace tenon::plugin::assemblyscript
