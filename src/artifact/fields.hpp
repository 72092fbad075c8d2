// Reading the fields of note and plan, with one check at the end instead of one
// per field: the first bad read makes every later one give zero.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace tenon::artifact {

class FieldReader {
 public:
  explicit FieldReader(base::ByteReader& in) : in_(in) {}

  [[nodiscard]] bool ok() const { return ok_; }
  void fail() { ok_ = false; }

  std::uint8_t u8() { return take(in_.u8()); }
  std::uint32_t u32() { return ok_ ? take(in_.leb_u32()) : 0; }
  std::uint64_t u64() { return ok_ ? take(in_.leb_u64()) : 0; }
  template <typename T>
  T fixed() {
    return ok_ ? take(in_.fixed<T>()) : T{};
  }
  bool flag() { return choice<std::uint8_t>(1) != 0; }

  // A byte of flags, of which only these are known.
  std::uint8_t bits(std::uint8_t known) {
    const std::uint8_t value = u8();
    if ((value & ~known) != 0) fail();
    return ok_ ? value : std::uint8_t{0};
  }

  // An enumeration whose values run from 0 to `last`.
  template <typename E>
  E choice(E last) {
    const std::uint8_t value = u8();
    if (value > static_cast<std::uint8_t>(last)) fail();
    return ok_ ? static_cast<E>(value) : E{};
  }

  std::string string() {
    const std::uint64_t size = u64();
    auto bytes = ok_ ? in_.take(size) : std::nullopt;
    if (!bytes) return fail(), std::string();
    return std::string(base::as_text(*bytes));
  }

  // Every element takes a byte or more, so a count beyond the bytes that are left is
  // wrong, and is found before anything is allocated for it.
  template <typename F>
  auto list(F read_one) {
    std::vector<decltype(read_one())> items;
    const std::uint64_t count = u64();
    if (count > in_.remaining()) fail();
    for (std::uint64_t i = 0; ok_ && i < count; ++i) items.push_back(read_one());
    return items;
  }

  // What another reader function gave.
  template <typename T>
  T take(std::optional<T> value) {
    if (!value) fail();
    return ok_ ? std::move(*value) : T{};
  }

 private:
  base::ByteReader& in_;
  bool ok_ = true;
};

template <typename List, typename F>
void write_list(base::ByteWriter& out, const List& items, F write_one) {
  out.leb(items.size());
  for (const auto& item : items) write_one(item);
}

}  // namespace tenon::artifact
