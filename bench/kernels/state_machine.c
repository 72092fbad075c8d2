// Finds e-mail addresses with a table-driven automaton, as a regular
// expression's engine would: [a-z0-9]+@[a-z0-9]+\.[a-z]+
#include "kernel.h"

enum { kSize = 32768, kStates = 6, kClasses = 5 };
enum { kLetter, kDigit, kAt, kDot, kOther };

// Rows: start, local part, after the @, domain, after the dot, accepted.
static const uint8_t kNext[kStates][kClasses] = {{1, 1, 0, 0, 0}, {1, 1, 2, 0, 0}, {3, 3, 0, 0, 0},
                                                 {3, 3, 0, 4, 0}, {5, 0, 0, 0, 0}, {5, 0, 0, 0, 0}};
static uint8_t class_of[256];

static void classify(void) {
  for (int i = 0; i < 256; ++i)
    class_of[i] = i >= 'a' && i <= 'z' ? kLetter : i >= '0' && i <= '9' ? kDigit : i == '@' ? kAt : i == '.' ? kDot : kOther;
}

static uint32_t count_matches(const uint8_t* text, size_t size) {
  uint32_t matches = 0, state = 0;
  for (size_t i = 0; i < size; ++i) {
    const uint32_t next = kNext[state][class_of[text[i]]];
    matches += state == 5 && next != 5;
    state = next;
  }
  return matches;
}

static uint32_t write_text(uint8_t* text) {
  static const char kAddress[17] = "me1@host2.org   ", kWords[17] = "an @ or a . her ";
  uint32_t seed = 3, expected = 0;
  for (int i = 0; i < kSize; i += 16) {
    const int address = next_random(&seed) >> 9 & 1;
    for (int j = 0; j < 16; ++j) text[i + j] = (uint8_t)(address ? kAddress : kWords)[j];
    expected += (uint32_t)address;
  }
  return expected;
}

uint64_t kernel(uint32_t rounds) {
  release_all();
  uint8_t* const text = allocate(kSize);
  const uint32_t expected = write_text(text);
  classify();
  uint64_t sum = 1;
  for (uint32_t round = 0; round < rounds; ++round) {
    const size_t skip = 16 * (round % 2);
    const uint32_t found = count_matches(text + skip, kSize - skip);
    if (found > expected || found + 1 < expected) return kWrong;
    sum = mix(sum, found);
  }
  return sum;
}
