// Which characters show themselves, and leave the text around them alone (Unicode 15, sections 23.2 to 23.9).
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace tenon::base {

struct CodePoints {
  char32_t first, last;
};

// Would leave the line, turn the direction of what follows, or hide something in a text.
inline constexpr CodePoints kUnsafe[] = {
    {0, 0x1F},           // controls
    {0x7F, 0x9F},        // more controls
    {0x61C, 0x61C},      // a mark of direction
    {0x180E, 0x180E},    // a separator without a width
    {0x200B, 0x200B},    // a space without a width
    {0x200E, 0x200F},    // marks of direction
    {0x2028, 0x202E},    // separators of lines and paragraphs, directions
    {0x2060, 0x206F},    // joiners, invisible operators, directions
    {0xFEFF, 0xFEFF},    // byte order mark
    {0xFFF0, 0xFFFB},    // what is reserved to be invisible, annotations
    {0x13430, 0x1343F},  // how hieroglyphs are joined
    {0x1BCA0, 0x1BCA3},  // of shorthand
    {0x1D173, 0x1D17A},  // of music
    {0xE0000, 0xE0FFF},  // tags, and what is reserved to be as invisible
};

// Parts of words and pictures in some scripts. In a name they can be there without being seen.
inline constexpr CodePoints kUnseen[] = {
    {0xA0, 0xA0},        // spaces, but for the common one
    {0xAD, 0xAD},        // hyphen, at the end of a line only
    {0x34F, 0x34F},      // joiner
    {0x115F, 0x1160},    // fillers of Hangul
    {0x1680, 0x1680},    // space
    {0x17B4, 0x17B5},    // vowels of Khmer
    {0x180B, 0x180F},    // selectors of Mongolian
    {0x2000, 0x200F},    // spaces, joiners
    {0x202F, 0x202F},    // space
    {0x205F, 0x205F},    // space
    {0x2800, 0x2800},    // Braille without dots
    {0x3000, 0x3000},    // space
    {0x3164, 0x3164},    // filler of Hangul
    {0xFE00, 0xFE0F},    // selectors of variants
    {0xFFA0, 0xFFA0},    // filler of Hangul
    {0x16FE4, 0x16FE4},  // filler of Khitan
    {0x1D159, 0x1D159},  // note without a head
};

template <std::size_t kCount>
constexpr bool is_one_of(const CodePoints (&ranges)[kCount], char32_t c) {
  const auto* const at = std::ranges::lower_bound(ranges, c, {}, &CodePoints::last);
  return at != std::end(ranges) && at->first <= c;
}

static_assert(std::ranges::is_sorted(kUnsafe, {}, &CodePoints::last) &&
              std::ranges::is_sorted(kUnseen, {}, &CodePoints::last));

}  // namespace tenon::base
