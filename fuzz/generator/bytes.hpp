// The binary format's building blocks: numbers, vectors, sections.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tenon::fuzz {

class Bytes {
 public:
  Bytes& byte(std::uint8_t b) {
    bytes_.push_back(b);
    return *this;
  }
  Bytes& unsigned_number(std::uint64_t n) {
    for (; n >= 0x80; n >>= 7) byte(static_cast<std::uint8_t>(n | 0x80));
    return byte(static_cast<std::uint8_t>(n));
  }
  Bytes& signed_number(std::int64_t n) {
    for (;; n >>= 7) {
      const auto low = static_cast<std::uint8_t>(n & 0x7F);
      if ((n >> 6) == 0 || (n >> 6) == -1) return byte(low);
      byte(low | 0x80);
    }
  }
  Bytes& little_endian(std::uint64_t n, int size) {
    for (int i = 0; i < size; ++i) byte(static_cast<std::uint8_t>(n >> (8 * i)));
    return *this;
  }
  Bytes& name(std::string_view text) {
    unsigned_number(text.size());
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    return *this;
  }
  Bytes& append(const Bytes& other) {
    bytes_.insert(bytes_.end(), other.bytes_.begin(), other.bytes_.end());
    return *this;
  }
  // Preceded by its size, as sections, bodies and subsections are.
  Bytes& sized(const Bytes& other) { return unsigned_number(other.bytes_.size()).append(other); }
  Bytes& section(std::uint8_t id, const Bytes& content) { return byte(id).sized(content); }

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] const std::vector<std::uint8_t>& get() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

}  // namespace tenon::fuzz
