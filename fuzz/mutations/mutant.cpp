#include "mutant.hpp"

#include <algorithm>
#include <random>

namespace tenon::fuzz {

namespace {

constexpr std::size_t kMagicAndVersion = 8;  // a change there is found at once

struct Block {
  std::size_t start;
  std::size_t size;
};

class Mutator {
 public:
  Mutator(base::Bytes bytes, std::mt19937_64& random) : bytes_(std::move(bytes)), random_(random) {}

  void change() {
    if (bytes_.size() <= kMagicAndVersion) return;
    switch (below(8)) {
      case 0: remove(block()); break;
      case 1: repeat(block()); break;
      case 2: overwrite(block()); break;
      case 3: bytes_.resize(place()); break;
      default: bytes_[place()] = byte(); break;
    }
  }

  base::Bytes take() && { return std::move(bytes_); }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  std::size_t place() { return kMagicAndVersion + below(bytes_.size() - kMagicAndVersion); }
  Block block() {
    const std::size_t start = place();
    return {start, 1 + below(std::min<std::size_t>(32, bytes_.size() - start))};
  }

  // Any, or one that stands for a limit, a small number, a type.
  std::uint8_t byte() {
    constexpr std::uint8_t kTelling[] = {0x00, 0x01, 0x02, 0x0B, 0x40, 0x6F, 0x70, 0x7B,
                                         0x7C, 0x7D, 0x7E, 0x7F, 0x80, 0xFC, 0xFD, 0xFF};
    return static_cast<std::uint8_t>(below(2) == 0 ? random_() : kTelling[below(std::size(kTelling))]);
  }

  void remove(Block block) {
    const auto first = bytes_.begin() + static_cast<std::ptrdiff_t>(block.start);
    bytes_.erase(first, first + static_cast<std::ptrdiff_t>(block.size));
  }
  void repeat(Block block) {
    const base::Bytes copy(bytes_.data() + block.start, bytes_.data() + block.start + block.size);
    bytes_.insert(bytes_.begin() + static_cast<std::ptrdiff_t>(block.start), copy.begin(), copy.end());
  }
  void overwrite(Block block) {
    const std::size_t from = place();
    for (std::size_t i = 0; i < block.size && from + i < bytes_.size(); ++i)
      bytes_[block.start + i] = bytes_[from + i];
  }

  base::Bytes bytes_;
  std::mt19937_64& random_;
};

}  // namespace

base::Bytes make_mutant(const std::vector<base::Bytes>& originals, std::uint64_t seed, std::uint64_t number) {
  std::mt19937_64 random(seed * 0x9E3779B97F4A7C15u + number);
  Mutator mutator(originals[random() % originals.size()], random);
  for (std::uint64_t changes = 1 + random() % 3; changes > 0; --changes) mutator.change();
  return std::move(mutator).take();
}

}  // namespace tenon::fuzz
