#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/shown_characters.hpp"

namespace tenon::base {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// One step through UTF-8: a code point and its bytes, or an ill-formed maximal
// subpart and its bytes. The length is never 0.
struct Step {
  char32_t code_point = kReplacement;
  std::size_t length = 1;
  bool well_formed = false;
};

// What may follow a leading byte (Unicode 15, table 3-7): only the second byte
// has a range that depends on the first, which is what keeps out overlong
// forms, surrogates and everything beyond U+10FFFF.
struct Lead {
  std::size_t length = 0;  // of the whole sequence; 0 where no sequence starts so
  std::uint8_t second_low = 0x80;
  std::uint8_t second_high = 0xBF;
};

constexpr Lead classify(std::uint8_t byte) {
  if (byte < 0x80) return {1};
  if (byte < 0xC2) return {};
  if (byte < 0xE0) return {2};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {};
}

Step step_at(std::string_view text, std::size_t position) {
  const auto first = static_cast<std::uint8_t>(text[position]);
  const Lead lead = classify(first);
  if (lead.length == 0) return {};
  if (lead.length == 1) return {first, 1, true};
  char32_t code_point = first & (0x7Fu >> lead.length);
  for (std::size_t i = 1; i < lead.length; ++i) {
    if (position + i >= text.size()) return {kReplacement, i, false};
    const auto byte = static_cast<std::uint8_t>(text[position + i]);
    const std::uint8_t low = i == 1 ? lead.second_low : 0x80;
    const std::uint8_t high = i == 1 ? lead.second_high : 0xBF;
    if (byte < low || byte > high) return {kReplacement, i, false};
    code_point = code_point << 6 | (byte & 0x3Fu);
  }
  return {code_point, lead.length, true};
}

// Writes at `to`; the place behind what it wrote.
char* put_utf8(char* to, char32_t c) {
  const auto tail = [&](unsigned shift) { *to++ = static_cast<char>(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80) {
    *to++ = static_cast<char>(c);
  } else if (c < 0x800) {
    *to++ = static_cast<char>(0xC0 | c >> 6);
    tail(0);
  } else if (c < 0x10000) {
    *to++ = static_cast<char>(0xE0 | c >> 12);
    tail(6);
    tail(0);
  } else {
    *to++ = static_cast<char>(0xF0 | c >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
  return to;
}

constexpr bool is_high_surrogate(char16_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
constexpr bool is_low_surrogate(char16_t unit) { return unit >= 0xDC00 && unit < 0xE000; }
constexpr bool is_surrogate(char16_t unit) { return unit >= 0xD800 && unit < 0xE000; }

// UTF-16LE that need not be aligned.
class Units {
 public:
  explicit Units(std::span<const std::uint8_t> bytes) : bytes_(bytes.data()), size_(bytes.size() / 2) {}
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] char16_t operator[](std::size_t i) const {
    return static_cast<char16_t>(bytes_[2 * i] | bytes_[2 * i + 1] << 8);
  }

 private:
  const std::uint8_t* bytes_;
  std::size_t size_;
};

// Safety: another thread of the guest may change the text meanwhile. The size may then be
// wrong, but never below 0, nor above that of any text of so many units.
std::size_t size_in_utf8(const Units& units) {
  std::size_t size = 0;
  char16_t before = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const char16_t unit = units[i];
    size += 1u + (unit >= 0x80) + (unit >= 0x800);
    // Two units of three bytes each are four bytes together.
    size -= is_high_surrogate(before) && is_low_surrogate(unit) ? 2 : 0;
    before = unit;
  }
  return std::min(size, 3 * units.size());
}

constexpr char32_t join(char16_t high, char16_t low) {
  return 0x10000 + ((char32_t{high} - 0xD800) << 10) + (char32_t{low} - 0xDC00);
}

// Safety: another thread of the guest may change a text in shared memory after it was
// counted, so this looks where the buffer ends, and reads each unit once.
std::size_t put_utf8(char* const begin, std::size_t size, const Units& units) {
  char* to = begin;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const char16_t unit = units[i];
    char32_t code_point = is_surrogate(unit) ? kReplacement : char32_t{unit};
    if (is_high_surrogate(unit) && i + 1 < units.size()) {
      const char16_t next = units[i + 1];
      if (is_low_surrogate(next)) code_point = join(unit, next), ++i;
    }
    std::array<char, 4> bytes{};
    const auto count = put_utf8(bytes.data(), code_point) - bytes.data();
    if (count > begin + size - to) break;
    to = std::copy_n(bytes.data(), count, to);
  }
  return static_cast<std::size_t>(to - begin);
}

// True if all is ASCII; else what it wrote is useless.
bool put_ascii(char* to, const Units& units) {
  char16_t all = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    all |= units[i];
    to[i] = static_cast<char>(units[i]);
  }
  return all < 0x80;
}

// Gives back a buffer that is too small before it asks for a larger one.
template <typename Put>
void fill(std::string& result, std::size_t size, Put put) {
  if (result.capacity() < size) std::string().swap(result);
  result.resize_and_overwrite(size, [&](char* to, std::size_t) { return put(to, size); });
}

std::string escape(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char byte : bytes) {
    const auto value = static_cast<std::uint8_t>(byte);
    out += {'\\', 'x', kDigits[value >> 4], kDigits[value & 15]};
  }
  return out;
}

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  for (std::size_t position = 0; position < text.size();) {
    const Step step = step_at(text, position);
    if (!step.well_formed) return position;
    position += step.length;
  }
  return std::nullopt;
}

std::u16string utf8_to_utf16(std::string_view text) {
  std::u16string out;
  out.reserve(text.size());
  for (std::size_t position = 0; position < text.size();) {
    const Step step = step_at(text, position);
    position += step.length;
    if (step.code_point < 0x10000) {
      out.push_back(static_cast<char16_t>(step.code_point));
    } else {
      out.push_back(static_cast<char16_t>(0xD7C0 + (step.code_point >> 10)));
      out.push_back(static_cast<char16_t>(0xDC00 | (step.code_point & 0x3FF)));
    }
  }
  return out;
}

void utf16le_to_utf8(std::span<const std::uint8_t> text, std::string& result) {
  const Units units(text);
  // Most texts are ASCII: one pass, and nothing to count before it.
  bool is_ascii = false;
  fill(result, units.size(), [&](char* to, std::size_t size) {
    is_ascii = put_ascii(to, units);
    return size;
  });
  if (is_ascii) return;
  fill(result, size_in_utf8(units), [&](char* to, std::size_t size) { return put_utf8(to, size, units); });
}

bool is_all_seen(std::string_view text) {
  for (std::size_t position = 0; position < text.size();) {
    const Step step = step_at(text, position);
    if (!step.well_formed || is_one_of(kUnsafe, step.code_point) || is_one_of(kUnseen, step.code_point))
      return false;
    position += step.length;
  }
  return true;
}

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  for (std::size_t position = 0; position < text.size();) {
    const Step step = step_at(text, position);
    const std::string_view bytes = text.substr(position, step.length);
    const bool plain = step.well_formed && !is_one_of(kUnsafe, step.code_point);
    const std::size_t width = plain ? bytes.size() : 4 * bytes.size();
    if (out.size() + width > limit) return out + "…";
    plain ? out.append(bytes) : out.append(escape(bytes));
    position += step.length;
  }
  return out;
}

}  // namespace tenon::base
