#include "plugin/assemblyscript/guest_object.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/utf8.hpp"

namespace tenon::plugin::assemblyscript {

namespace {

static_assert(std::endian::native == std::endian::little, "headers are read with memcpy");

[[gnu::cold]] std::string explain(ObjectFault fault, const GuestObject& object, const std::string& where) {
  const std::string bytes = std::to_string(object.size) + " bytes";
  switch (fault) {
    case ObjectFault::outside: return "a pointer outside the memory: " + where;
    case ObjectFault::other_class:
      return "an object of class " + std::to_string(object.class_id) + " " + where +
             ", neither an ArrayBuffer (1) nor a String (2)";
    case ObjectFault::too_long:
      return "an object that says it has " + bytes + ", which reach outside the memory: " + where;
    case ObjectFault::odd_string:
      return "a String with an odd number of bytes, " + std::to_string(object.size) + ", " + where;
    default: return "null";
  }
}

}  // namespace

[[gnu::cold]] base::Failure describe(ObjectFault fault, const GuestObject& object, std::uint64_t memory_size,
                                     std::uint32_t pointer, std::string_view what) {
  const std::string where =
      "at " + std::to_string(pointer) + " in a memory of " + std::to_string(memory_size) + " bytes";
  return base::failure(Phase::call, ErrorCode::protocol,
                       std::string(what) + ' ' + explain(fault, object, where));
}

void widen_unless_ascii(std::string_view text, std::u16string& wide) {
  unsigned char all = 0;
  for (const char byte : text) all |= static_cast<unsigned char>(byte);
  if (all < 0x80) {
    wide.clear();
  } else {
    wide = base::utf8_to_utf16(text);
  }
}

void ObjectText::write_string(std::uint8_t* contents) const {
  if (!wide_.empty()) {
    std::memcpy(contents, wide_.data(), 2 * wide_.size());
  } else {
    for (std::size_t i = 0; i < text_.size(); ++i) {  // UTF-16LE from ASCII
      contents[2 * i] = static_cast<std::uint8_t>(text_[i]);
      contents[2 * i + 1] = 0;
    }
  }
}

void copy_text(const GuestObject& object, std::string& result) {
  if (object.class_id == kStringClass) return base::utf16le_to_utf8({object.contents, object.size}, result);
  if (result.capacity() < object.size) std::string().swap(result);  // rather than two at a time
  result.assign(reinterpret_cast<const char*>(object.contents), object.size);
}

}  // namespace tenon::plugin::assemblyscript
