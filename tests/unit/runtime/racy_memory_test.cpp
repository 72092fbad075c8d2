#include "runtime/memory/racy_memory.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

namespace tenon::runtime {
namespace {

std::vector<std::uint8_t> numbers() {
  std::vector<std::uint8_t> bytes(128);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  return bytes;
}

constexpr std::size_t kSizes[] = {0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 40, 64};

TEST(RacyMemory, CopiesAsMemmoveDoes) {
  for (std::size_t to = 0; to < 64; ++to) {
    for (std::size_t from = 0; from < 64; ++from) {
      for (const std::size_t size : kSizes) {
        auto expected = numbers(), copied = numbers();
        std::memmove(expected.data() + to, expected.data() + from, size);
        racy_copy(copied.data() + to, copied.data() + from, size);
        ASSERT_EQ(copied, expected) << size << " from " << from << " to " << to;
      }
    }
  }
}

TEST(RacyMemory, FillsAsMemsetDoes) {
  for (std::size_t to = 0; to < 16; ++to) {
    for (const std::size_t size : kSizes) {
      auto expected = numbers(), filled = numbers();
      std::fill_n(expected.begin() + static_cast<std::ptrdiff_t>(to), size, 0xA5);
      racy_fill(filled.data() + to, 0xA5, size);
      ASSERT_EQ(filled, expected) << size << " to " << to;
    }
  }
}

}  // namespace
}  // namespace tenon::runtime
