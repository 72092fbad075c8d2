#include "runtime/memory/racy_memory.hpp"

#include <algorithm>

namespace tenon::runtime {
namespace {

using Word = std::uint64_t;

template <typename T>
T load(const std::uint8_t* from) {
  return __atomic_load_n(reinterpret_cast<const T*>(from), __ATOMIC_RELAXED);
}

template <typename T>
void store(std::uint8_t* to, T value) {
  __atomic_store_n(reinterpret_cast<T*>(to), value, __ATOMIC_RELAXED);
}

// Bytes before the first aligned word.
std::size_t head_of(const std::uint8_t* at, std::size_t size) {
  return std::min<std::size_t>(-reinterpret_cast<std::uintptr_t>(at) % sizeof(Word), size);
}

bool alike_aligned(const std::uint8_t* a, const std::uint8_t* b) {
  return (reinterpret_cast<std::uintptr_t>(a) - reinterpret_cast<std::uintptr_t>(b)) % sizeof(Word) == 0;
}

template <typename T>
void copy_up(std::uint8_t*& to, const std::uint8_t*& from, std::size_t bytes) {
  for (; bytes >= sizeof(T); bytes -= sizeof(T), to += sizeof(T), from += sizeof(T)) store(to, load<T>(from));
}

// From the ends, which move down.
template <typename T>
void copy_down(std::uint8_t*& to, const std::uint8_t*& from, std::size_t bytes) {
  for (; bytes >= sizeof(T); bytes -= sizeof(T)) {
    to -= sizeof(T);
    from -= sizeof(T);
    store(to, load<T>(from));
  }
}

}  // namespace

void racy_fill(std::uint8_t* to, std::uint8_t byte, std::size_t size) {
  const std::size_t head = head_of(to, size);
  const std::size_t words = (size - head) / sizeof(Word);
  const Word word = byte * Word{0x0101010101010101};
  for (std::size_t i = 0; i < head; ++i) store(to++, byte);
  for (std::size_t i = 0; i < words; ++i, to += sizeof(Word)) store(to, word);
  for (std::size_t i = head + words * sizeof(Word); i < size; ++i) store(to++, byte);
}

void racy_copy(std::uint8_t* to, const std::uint8_t* from, std::size_t size) {
  const bool by_words = alike_aligned(to, from);
  const std::size_t head = by_words ? head_of(to, size) : size;
  const std::size_t middle = (size - head) / sizeof(Word) * sizeof(Word);
  const std::size_t tail = size - head - middle;
  const bool overlaps_ahead =
      reinterpret_cast<std::uintptr_t>(to) - reinterpret_cast<std::uintptr_t>(from) < size;
  if (!overlaps_ahead) {
    copy_up<std::uint8_t>(to, from, head);
    copy_up<Word>(to, from, middle);
    copy_up<std::uint8_t>(to, from, tail);
    return;
  }
  to += size;
  from += size;
  copy_down<std::uint8_t>(to, from, tail);
  copy_down<Word>(to, from, middle);
  copy_down<std::uint8_t>(to, from, head);
}

}  // namespace tenon::runtime
