#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>

namespace tenon::base {
namespace {

using namespace std::string_literals;

TEST(FindInvalidUtf8, AcceptsEveryBoundaryOfWellFormedText) {
  for (const std::string& text : {""s, "a"s, "\0"s, "\x7F"s, "\u0080"s, "\u07FF"s, "\u0800"s, "\uD7FF"s,
                                  "\uE000"s, "\uFFFF"s, "\U00010000"s, "\U0010FFFF"s, "Zürich 漢字 🦀"s}) {
    EXPECT_EQ(find_invalid_utf8(text), std::nullopt) << printable(text);
  }
}

TEST(FindInvalidUtf8, GivesTheOffsetOfTheFirstBadSequence) {
  EXPECT_EQ(find_invalid_utf8("ab\x80"), 2u);            // continuation alone
  EXPECT_EQ(find_invalid_utf8("a\xC0\x80"), 1u);         // overlong NUL
  EXPECT_EQ(find_invalid_utf8("\xC1\xBF"), 0u);          // overlong
  EXPECT_EQ(find_invalid_utf8("\xE0\x9F\xBF"), 0u);      // overlong
  EXPECT_EQ(find_invalid_utf8("\xED\xA0\x80"), 0u);      // surrogate
  EXPECT_EQ(find_invalid_utf8("\xF0\x8F\xBF\xBF"), 0u);  // overlong
  EXPECT_EQ(find_invalid_utf8("\xF4\x90\x80\x80"), 0u);  // beyond U+10FFFF
  EXPECT_EQ(find_invalid_utf8("\xF5\x80\x80\x80"), 0u);  // no such leading byte
  EXPECT_EQ(find_invalid_utf8("\xFF"), 0u);
  EXPECT_EQ(find_invalid_utf8("ok\xE2\x82"), 2u);  // cut off
}

TEST(Utf8ToUtf16, UsesSurrogatePairsBeyondTheBasicPlane) {
  EXPECT_EQ(utf8_to_utf16("a\u00E9\u20AC\U0001F980"), u"a\u00E9\u20AC\U0001F980");
  EXPECT_EQ(utf8_to_utf16("\U00010000\U0010FFFF"), (std::u16string{0xD800, 0xDC00, 0xDBFF, 0xDFFF}));
}

// The rows of Unicode 15, tables 3-8 to 3-11.
TEST(Utf8ToUtf16, ReplacesEachMaximalSubpart) {
  constexpr char16_t kR = 0xFFFD;
  EXPECT_EQ(utf8_to_utf16("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"),
            (std::u16string{kR, kR, kR, kR, kR, kR, kR, kR, u'A'}));
  EXPECT_EQ(utf8_to_utf16("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41"),
            (std::u16string{kR, kR, kR, kR, kR, kR, kR, kR, u'A'}));
  EXPECT_EQ(utf8_to_utf16("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42"),
            (std::u16string{kR, kR, kR, kR, kR, u'A', kR, kR, u'B'}));
  EXPECT_EQ(utf8_to_utf16("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"), (std::u16string{kR, kR, kR, kR, u'A'}));
}

std::string utf16_to_utf8(std::u16string_view units) {
  std::string bytes(2 * units.size() + 1, '\0');  // at an odd address
  std::memcpy(bytes.data() + 1, units.data(), 2 * units.size());
  std::string result = "what was there before";
  utf16le_to_utf8({reinterpret_cast<const std::uint8_t*>(bytes.data()) + 1, 2 * units.size()}, result);
  return result;
}

TEST(Utf16ToUtf8, JoinsPairsAndReplacesLoneSurrogates) {
  EXPECT_EQ(utf16_to_utf8(u"a\u00E9\u20AC\U0001F980"), "a\u00E9\u20AC\U0001F980");
  EXPECT_EQ(utf16_to_utf8(std::u16string{u'a', 0xD800}), "a\uFFFD");
  EXPECT_EQ(utf16_to_utf8(std::u16string{0xDC00, u'a'}), "\uFFFDa");
  EXPECT_EQ(utf16_to_utf8(std::u16string{0xD800, 0xD800, 0xDC00}), "\uFFFD\U00010000");
  EXPECT_EQ(utf16_to_utf8(std::u16string{0xDC00, 0xD800}), "\uFFFD\uFFFD");
}

// A text of half of a guest's memory must not cost the host several times that.
TEST(Utf16ToUtf8, TakesABufferOfTheResultsSize) {
  for (const char16_t unit : {u'a', u'\u00E9', u'\u20AC'}) {
    const std::u16string units(100'000, unit);
    const std::string result = utf16_to_utf8(units);
    EXPECT_EQ(result.capacity(), result.size());
  }
}

TEST(Utf16ToUtf8, UsesABufferThatIsLargeEnoughAgain) {
  std::string result(1000, 'x');
  const char* buffer = result.data();
  utf16le_to_utf8(std::array<std::uint8_t, 4>{0xAC, 0x20, 'a', 0}, result);
  EXPECT_EQ(result, "\u20ACa");
  EXPECT_EQ(result.data(), buffer);
}

#ifndef __SANITIZE_THREAD__
// A guest's other thread may write what is being read. Units that were counted as
// ASCII, and then taken off as pairs, once made a size below 0.
TEST(Utf16ToUtf8, SurvivesATextThatChangesMeanwhile) {
  constexpr std::size_t kUnits = 17;
  std::array<std::uint8_t, 2 * kUnits> text{};
  std::atomic<bool> done = false;
  std::thread writer([&] {
    volatile std::uint8_t* const out = text.data();
    while (!done) {
      for (std::size_t i = 0; i < kUnits; ++i) {
        out[2 * i] = 'A';
        out[2 * i + 1] = 0;
      }
      for (std::size_t i = 0; i < kUnits; ++i) {
        out[2 * i] = 0;
        out[2 * i + 1] = i % 2 == 0 ? 0xD8 : 0xDC;
      }
    }
  });
  std::string result;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  while (std::chrono::steady_clock::now() < end) {
    for (int i = 0; i < 10'000; ++i) {
      EXPECT_NO_THROW(utf16le_to_utf8(text, result));
      EXPECT_LE(result.size(), 3 * kUnits);
    }
  }
  done = true;
  writer.join();
}
#endif

TEST(Utf16ToUtf8, UndoesUtf8ToUtf16ForEveryCodePoint) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::u16string units;
    if (c >= 0x10000) units.push_back(static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10)));
    units.push_back(static_cast<char16_t>(c < 0x10000 ? c : 0xDC00 + (c & 0x3FF)));
    ASSERT_EQ(utf8_to_utf16(utf16_to_utf8(units)), units) << std::hex << static_cast<std::uint32_t>(c);
  }
}

TEST(Printable, EscapesWhatWouldLeaveTheLine) {
  EXPECT_EQ(printable("plain Zürich"), "plain Zürich");
  EXPECT_EQ(printable("a\nb\x1B[31m\0c"s), "a\\x0Ab\\x1B[31m\\x00c");
  EXPECT_EQ(printable("\xFF\x7F"), "\\xFF\\x7F");
  EXPECT_EQ(printable("\u0085\u2028\u202E"), "\\xC2\\x85\\xE2\\x80\\xA8\\xE2\\x80\\xAE");
}

TEST(Printable, EscapesWhatTurnsOrHidesText) {
  for (const char* c : {"\u061C", "\u180E", "\u200B", "\u200E", "\u200F", "\u2028", "\u202A", "\u202E",
                        "\u2060", "\u2064", "\u2066", "\u2069", "\uFEFF", "\uFFF9", "\U000E0041"}) {
    const std::string text = "a"s + c + "b", shown = printable(text);
    EXPECT_EQ(shown.substr(0, 3), "a\\x");
    EXPECT_EQ(shown.size(), 2 + 4 * std::strlen(c)) << shown;
    EXPECT_FALSE(is_all_seen(text)) << shown;
  }
  // A word of Persian, and a family.
  EXPECT_EQ(printable("می\u200Cخواهم 👨\u200D👩\u200D👧 ❤\uFE0F"),
            "می\u200Cخواهم 👨\u200D👩\u200D👧 ❤\uFE0F");
}

TEST(AllSeen, IsNoTextThatCouldLookLikeAnother) {
  for (const char* text : {"", "Example Ltd.", "Zürich", "名前 2", "👍"})
    EXPECT_TRUE(is_all_seen(text)) << text;
  for (const char* text : {"a\u00A0b", "a\u00ADb", "a\u200Cb", "a\u200Db", "a\u2003b", "a\u3000b", "a\u3164b",
                           "a\uFE0Fb", "a\xFF", "a\tb"})
    EXPECT_FALSE(is_all_seen(text)) << text;
}

TEST(Printable, CutsAtTheLimitBetweenCharacters) {
  EXPECT_EQ(printable("abcdef", 6), "abcdef");
  EXPECT_EQ(printable("abcdefg", 6), "abcdef…");
  EXPECT_EQ(printable("abcdeé", 6), "abcde…");
  EXPECT_EQ(printable("abc\n", 6), "abc…");
}

}  // namespace
}  // namespace tenon::base
