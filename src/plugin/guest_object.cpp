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

constexpr std::uint32_t kHeaderSize = 8;

[[gnu::cold]] Failure bad(std::string_view what, const std::string& message) {
  return failure(ErrorCode::protocol, base::printable(what, 100) + " returned " + message);
}

std::uint32_t load_u32(std::span<const std::uint8_t> memory, std::uint64_t address) {
  std::uint32_t value;
  std::memcpy(&value, memory.data() + address, sizeof value);
  // Safety: read once. The memory may be one that threads share, so a value read
  // again after it was checked could be another.
  asm volatile("" : "+r"(value));
  return value;
}

std::string address_text(std::uint32_t pointer, std::uint64_t memory_size) {
  return "at " + std::to_string(pointer) + " in a memory of " + std::to_string(memory_size) + " bytes";
}

}  // namespace

Failure object_at(std::span<std::uint8_t> memory, std::uint32_t pointer, std::string_view what,
                  GuestObject& object) {
  if (pointer == 0) return bad(what, "null");
  // Sums of u32 in 64 bits: nothing here can wrap.
  if (pointer < kHeaderSize || pointer > memory.size()) {
    return bad(what, "a pointer outside the memory: " + address_text(pointer, memory.size()));
  }
  const std::uint32_t class_id = load_u32(memory, pointer - kHeaderSize);
  const std::uint32_t size = load_u32(memory, pointer - sizeof(std::uint32_t));
  if (class_id != kArrayBufferClass && class_id != kStringClass) {
    return bad(what, "an object of class " + std::to_string(class_id) + " " +
                         address_text(pointer, memory.size()) +
                         ", neither an ArrayBuffer (1) nor a String (2)");
  }
  if (std::uint64_t{pointer} + size > memory.size()) {
    return bad(what, "an object that says it has " + std::to_string(size) +
                         " bytes, which reach outside the memory: " + address_text(pointer, memory.size()));
  }
  if (class_id == kStringClass && size % 2 != 0) {
    return bad(what, "a String with an odd number of bytes, " + std::to_string(size) + ", " +
                         address_text(pointer, memory.size()));
  }
  object = {class_id, memory.subspan(pointer, size)};
  return nullptr;
}

void copy_text(const GuestObject& object, std::string& result) {
  const auto contents = object.contents;
  if (object.class_id == kArrayBufferClass) {
    result.assign(reinterpret_cast<const char*>(contents.data()), contents.size());
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
