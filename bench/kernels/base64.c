// Base64 (RFC 4648), both ways.
#include "kernel.h"

enum { kSize = 24576 };
static const char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static uint8_t value_of[256];

static void encode(const uint8_t* from, char* to) {
  for (int i = 0; i < kSize; i += 3, to += 4) {
    const uint32_t bits = (uint32_t)from[i] << 16 | (uint32_t)from[i + 1] << 8 | from[i + 2];
    for (int j = 0; j < 4; ++j) to[j] = kAlphabet[bits >> (18 - 6 * j) & 63];
  }
}

static void decode(const char* from, uint8_t* to) {
  for (int i = 0; i < kSize; i += 3, from += 4) {
    uint32_t bits = 0;
    for (int j = 0; j < 4; ++j) bits = bits << 6 | value_of[(uint8_t)from[j]];
    for (int j = 0; j < 3; ++j) to[i + j] = (uint8_t)(bits >> (16 - 8 * j));
  }
}

uint64_t kernel(uint32_t rounds) {
  release_all();
  uint8_t *bytes = allocate(kSize), *back = allocate(kSize);
  char* text = allocate(kSize / 3 * 4);
  for (int i = 0; i < 64; ++i) value_of[(uint8_t)kAlphabet[i]] = (uint8_t)i;
  uint32_t seed = 9;
  for (int i = 0; i < kSize; ++i) bytes[i] = (uint8_t)next_random(&seed);
  uint64_t sum = 1;
  for (uint32_t round = 0; round < rounds; ++round) {
    ++bytes[round % kSize];
    encode(bytes, text);
    decode(text, back);
    for (int i = 0; i < kSize; ++i)
      if (back[i] != bytes[i]) return kWrong;
    sum = mix(sum, (uint8_t)text[round % kSize]);
  }
  return sum;
}
