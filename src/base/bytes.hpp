// Bounded reading and writing of bytes and LEB128 numbers (WebAssembly core specification,
// section 5.2.2). Knows nothing of modules or artifacts.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::base {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

// Reads forward through bytes that it does not own. A read that would pass the
// end, or a malformed number, gives nullopt and leaves the position at the
// first byte of what could not be read; `fault()` then says what was wrong.
class ByteReader {
 public:
  enum class Fault : std::uint8_t { none, end, leb_too_long, leb_too_large };

  explicit ByteReader(ByteView bytes, std::size_t position = 0) : bytes_(bytes), position_(position) {}

  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] std::size_t remaining() const { return bytes_.size() - position_; }
  [[nodiscard]] bool at_end() const { return remaining() == 0; }
  [[nodiscard]] Fault fault() const { return fault_; }

  [[nodiscard]] std::optional<std::uint8_t> u8() {
    if (at_end()) return fail<std::uint8_t>(Fault::end);
    return bytes_[position_++];
  }
  [[nodiscard]] std::optional<std::uint8_t> peek() const {
    if (at_end()) return std::nullopt;
    return bytes_[position_];
  }
  [[nodiscard]] ByteView unread() const { return bytes_.subspan(position_); }
  // Little-endian, unaligned.
  template <typename T>
  [[nodiscard]] std::optional<T> fixed() {
    if (remaining() < sizeof(T)) return fail<T>(Fault::end);
    T value;
    std::memcpy(&value, bytes_.data() + position_, sizeof(T));
    position_ += sizeof(T);
    return value;
  }
  [[nodiscard]] std::optional<ByteView> take(std::uint64_t count) {
    if (remaining() < count) return fail<ByteView>(Fault::end);
    auto view = bytes_.subspan(position_, count);
    position_ += count;
    return view;
  }

  [[nodiscard]] std::optional<std::uint32_t> leb_u32() { return leb<std::uint32_t, 32, false>(); }
  [[nodiscard]] std::optional<std::uint64_t> leb_u64() { return leb<std::uint64_t, 64, false>(); }
  [[nodiscard]] std::optional<std::int32_t> leb_s32() { return leb<std::int32_t, 32, true>(); }
  [[nodiscard]] std::optional<std::int64_t> leb_s33() { return leb<std::int64_t, 33, true>(); }
  [[nodiscard]] std::optional<std::int64_t> leb_s64() { return leb<std::int64_t, 64, true>(); }

 private:
  template <typename T>
  std::optional<T> fail(Fault fault) {
    fault_ = fault;
    return std::nullopt;
  }

  // N-bit LEB128: at most ceil(N/7) bytes, and the unused bits of the last
  // byte must be a plain extension of the value.
  template <typename T, unsigned kBits, bool kSigned>
  std::optional<T> leb() {
    constexpr unsigned kMaxBytes = (kBits + 6) / 7;
    constexpr unsigned kLastBits = kBits - 7 * (kMaxBytes - 1);
    std::uint64_t result = 0;
    for (unsigned i = 0; i < kMaxBytes; ++i) {
      if (position_ + i >= bytes_.size()) return fail<T>(Fault::end);
      const std::uint8_t byte = bytes_[position_ + i];
      result |= std::uint64_t{byte & 0x7Fu} << (7 * i);
      if (i + 1 == kMaxBytes) {
        if (byte & 0x80) return fail<T>(Fault::leb_too_long);
        if (!last_byte_fits<kLastBits, kSigned>(byte)) return fail<T>(Fault::leb_too_large);
      }
      if (byte & 0x80) continue;
      position_ += i + 1;
      const unsigned width = 7 * (i + 1);
      if (kSigned && width < 64 && (byte & 0x40)) result |= ~std::uint64_t{0} << width;
      return static_cast<T>(result);
    }
    return fail<T>(Fault::leb_too_long);
  }

  template <unsigned kLastBits, bool kSigned>
  static bool last_byte_fits(std::uint8_t byte) {
    const unsigned extra = (byte & 0x7Fu) >> (kSigned ? kLastBits - 1 : kLastBits);
    const unsigned ones = 0x7Fu >> (kSigned ? kLastBits - 1 : kLastBits);
    return extra == 0 || (kSigned && extra == ones);
  }

  ByteView bytes_;
  std::size_t position_ = 0;
  Fault fault_ = Fault::none;
};

// Appends to a byte vector that it owns.
class ByteWriter {
 public:
  void u8(std::uint8_t value) { bytes_.push_back(value); }
  template <typename T>
  void fixed(T value) {
    const auto* raw = reinterpret_cast<const std::uint8_t*>(&value);
    bytes_.insert(bytes_.end(), raw, raw + sizeof(T));
  }
  void leb(std::uint64_t value) {
    do {
      const auto low = static_cast<std::uint8_t>(value & 0x7F);
      value >>= 7;
      bytes_.push_back(value != 0 ? low | 0x80 : low);
    } while (value != 0);
  }
  void raw(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  // Length, then the bytes; any byte may occur, NUL too.
  void string(std::string_view text) {
    leb(text.size());
    raw({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }

  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  [[nodiscard]] Bytes take() && { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace tenon::base
