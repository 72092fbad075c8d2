// A byte-oriented LZ77 with a hash of the last places, both ways.
#include "kernel.h"

enum { kSize = 65536, kHashBits = 12, kMinMatch = 4, kMaxRun = 127 };

static uint32_t load(const uint8_t* from) {
  uint32_t value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

static uint8_t* put_literals(uint8_t* out, const uint8_t* from, const uint8_t* to) {
  while (from < to) {
    const size_t run = to - from < kMaxRun ? (size_t)(to - from) : kMaxRun;
    *out++ = (uint8_t)run;
    for (size_t i = 0; i < run; ++i) *out++ = *from++;
  }
  return out;
}

static size_t match_length(const uint8_t* a, const uint8_t* b, const uint8_t* end) {
  size_t length = 0;
  while (length < kMaxRun && b + length < end && a[length] == b[length]) ++length;
  return length;
}

static size_t compress(const uint8_t* text, uint8_t* packed) {
  static uint32_t last[1 << kHashBits];
  for (int i = 0; i < 1 << kHashBits; ++i) last[i] = 0;
  const uint8_t *at = text + 1, *literals = text, *end = text + kSize;
  uint8_t* out = packed;
  while (at + kMinMatch <= end) {
    const uint32_t hash = load(at) * 2654435761u >> (32 - kHashBits);
    const uint8_t* candidate = text + last[hash];
    last[hash] = (uint32_t)(at - text);
    const size_t length = candidate < at && at - candidate < 65536 ? match_length(candidate, at, end) : 0;
    if (length < kMinMatch) {
      ++at;
      continue;
    }
    out = put_literals(out, literals, at);
    const size_t distance = (size_t)(at - candidate);
    *out++ = (uint8_t)(0x80 | length);
    *out++ = (uint8_t)distance;
    *out++ = (uint8_t)(distance >> 8);
    at += length;
    literals = at;
  }
  return (size_t)(put_literals(out, literals, end) - packed);
}

static size_t decompress(const uint8_t* packed, size_t size, uint8_t* out) {
  const uint8_t* const end = packed + size;
  uint8_t* const start = out;
  while (packed < end) {
    size_t run = *packed & 0x7F;
    if (*packed++ & 0x80) {
      const uint8_t* from = out - (packed[0] | packed[1] << 8);
      packed += 2;
      while (run--) *out++ = *from++;
    } else {
      while (run--) *out++ = *packed++;
    }
  }
  return (size_t)(out - start);
}

// Words drawn from a short list, as in a log.
static void write_text(uint8_t* text) {
  static const char kWords[8][9] = {"error   ", "warning ", "request ", "user=17 ", "GET     ", "/index  ", "200 OK  ", "elapsed "};
  uint32_t seed = 42;
  for (int i = 0; i < kSize; i += 8) {
    const uint32_t number = next_random(&seed);
    for (int j = 0; j < 8; ++j) text[i + j] = (uint8_t)kWords[number >> 8 & 7][j];
    if (number % 5 == 0) text[i + 6] = (uint8_t)number;
  }
}

uint64_t kernel(uint32_t rounds) {
  release_all();
  uint8_t *text = allocate(kSize), *packed = allocate(2 * kSize), *back = allocate(kSize);
  write_text(text);
  uint64_t sum = 1;
  for (uint32_t round = 0; round < rounds; ++round) {
    text[round % kSize] ^= 1;
    const size_t size = compress(text, packed);
    if (size >= kSize || decompress(packed, size, back) != kSize) return kWrong;
    for (int i = 0; i < kSize; ++i)
      if (back[i] != text[i]) return kWrong;
    sum = mix(sum, size);
  }
  return sum;
}
