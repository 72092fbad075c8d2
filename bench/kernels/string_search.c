// Finds a word in a long text (Horspool).
#include "kernel.h"

enum { kSize = 65536, kWord = 8 };

static size_t search(const uint8_t* text, size_t size, const uint8_t* word) {
  uint8_t skip[256];
  for (int i = 0; i < 256; ++i) skip[i] = kWord;
  for (int i = 0; i < kWord - 1; ++i) skip[word[i]] = (uint8_t)(kWord - 1 - i);
  for (size_t at = 0; at + kWord <= size; at += skip[text[at + kWord - 1]]) {
    int i = kWord - 1;
    while (i >= 0 && text[at + (size_t)i] == word[i]) --i;
    if (i < 0) return at;
  }
  return size;
}

uint64_t kernel(uint32_t rounds) {
  release_all();
  uint8_t* const text = allocate(kSize);
  static const uint8_t kNeedle[kWord] = {'a', 'b', 'c', 'a', 'b', 'd', 'a', 'b'};
  uint32_t seed = 5;
  for (int i = 0; i < kSize; ++i) text[i] = (uint8_t)('a' + (next_random(&seed) >> 8) % 8);
  uint64_t sum = 1;
  for (uint32_t round = 0; round < rounds; ++round) {
    const size_t place = kSize - kWord - round % 64;
    for (int i = 0; i < kWord; ++i) text[place + (size_t)i] = kNeedle[i];
    const size_t found = search(text, kSize, kNeedle);
    if (found > place) return kWrong;
    sum = mix(sum, found);
    text[place] = 'z';
  }
  return sum;
}
