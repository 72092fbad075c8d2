// UTF-8 and UTF-16 (Unicode 15, section 3.9).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tenon::base {

// The offset of the first byte that is not part of well-formed UTF-8.
[[nodiscard]] std::optional<std::size_t> find_invalid_utf8(std::string_view text);

// Ill-formed input never fails: each maximal ill-formed part becomes U+FFFD
// (Unicode 15, section 3.9, "U+FFFD Substitution of Maximal Subparts").
[[nodiscard]] std::u16string utf8_to_utf16(std::string_view text);

// The text has an even number of bytes, at any alignment. Each lone surrogate becomes
// U+FFFD. Besides the text there is never more than one buffer: the result's own where it
// is large enough, else one of exactly the result's size.
void utf16le_to_utf8(std::span<const std::uint8_t> text, std::string& result);

// Text safe to print on one line: control characters, those that turn the direction of what follows
// or hide in it, and ill-formed bytes as \xNN, cut after `limit` bytes with "…". Joiners and selectors
// stay: words of some scripts and emoji have them.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 200);

// Whether every character shows itself: well-formed, none that printable() escapes, and no joiner,
// selector or space but the common one, with which a text could look like another.
[[nodiscard]] bool is_all_seen(std::string_view text);

}  // namespace tenon::base
