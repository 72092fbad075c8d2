#include "plugin/guest_object.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/utf8.hpp"

namespace tenon::plugin {

Failure failure(ErrorCode code, std::string message) {
  return std::make_unique<Error>(Error{.phase = Phase::call, .code = code, .message = std::move(message)});
}

namespace {

static_assert(std::endian::native == std::endian::little, "headers and UTF-16LE are read with memcpy");

std::string explain(ObjectFault fault, const GuestObject& object, const std::string& where) {
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

Failure describe(ObjectFault fault, const GuestObject& object, std::uint64_t memory_size,
                 std::uint32_t pointer, std::string_view what) {
  const std::string where =
      "at " + std::to_string(pointer) + " in a memory of " + std::to_string(memory_size) + " bytes";
  return failure(ErrorCode::protocol,
                 base::printable(what, 100) + " returned " + explain(fault, object, where));
}

void copy_text(const GuestObject& object, std::string& result) {
  const std::span contents(object.contents, object.size);
  if (object.class_id == kArrayBufferClass) {
    // Not by the size that it is given: GCC 12's library gives more.
    result.resize_and_overwrite(object.size, [&](char* to, std::size_t) {
      std::memcpy(to, object.contents, object.size);
      return object.size;
    });
    return;
  }
  // Most texts are ASCII: straight from guest memory into a buffer that the
  // caller may use again, without the copy that alignment asks for below.
  const std::size_t units = contents.size() / 2;
  result.resize(units);
  std::uint32_t all = 0;
  for (std::size_t i = 0; i < units; ++i) {
    all |= contents[2 * i + 1] | (contents[2 * i] & 0x80u);
    result[i] = static_cast<char>(contents[2 * i]);
  }
  if (all == 0) return;
  std::u16string text(units, u'\0');
  std::memcpy(text.data(), contents.data(), contents.size());
  result = base::utf16_to_utf8(text);
}

}  // namespace tenon::plugin
