// Counts the bytes that need escaping, 16 at a time with the machine's own SIMD
// operations, or one at a time where there are none.
#include "kernel.h"

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
static uint32_t count_16(const uint8_t* text) {
  const v128_t bytes = wasm_v128_load(text);
  const v128_t control = wasm_u8x16_lt(bytes, wasm_i8x16_const_splat(' '));
  const v128_t quote = wasm_i8x16_eq(bytes, wasm_i8x16_const_splat('"'));
  const v128_t backslash = wasm_i8x16_eq(bytes, wasm_i8x16_const_splat('\\'));
  return (uint32_t)__builtin_popcount(wasm_i8x16_bitmask(wasm_v128_or(control, wasm_v128_or(quote, backslash))));
}
#elif defined(__SSE2__)
#include <emmintrin.h>
static uint32_t count_16(const uint8_t* text) {
  const __m128i bytes = _mm_loadu_si128((const __m128i*)text);
  const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(' ' - 1)), bytes);
  const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  return (uint32_t)__builtin_popcount((uint32_t)_mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, backslash))));
}
#else
static uint32_t count_16(const uint8_t* text) {
  uint32_t count = 0;
  for (int i = 0; i < 16; ++i) count += text[i] < ' ' || text[i] == '"' || text[i] == '\\';
  return count;
}
#endif

enum { kSize = 65536 };

static uint32_t count_by_bytes(const uint8_t* text) {
  uint32_t count = 0;
  for (int i = 0; i < kSize; ++i) count += text[i] < ' ' || text[i] == '"' || text[i] == '\\';
  return count;
}

uint64_t kernel(uint32_t rounds) {
  release_all();
  uint8_t* const text = allocate(kSize);
  uint32_t seed = 13;
  for (int i = 0; i < kSize; ++i) text[i] = (uint8_t)next_random(&seed);
  uint32_t expected = count_by_bytes(text);
  uint64_t sum = 1;
  for (uint32_t round = 0; round < rounds; ++round) {
    const uint32_t at = round % kSize;
    expected -= text[at] < ' ' || text[at] == '"' || text[at] == '\\';
    text[at] = '"';
    ++expected;
    uint32_t count = 0;
    for (int i = 0; i < kSize; i += 16) count += count_16(text + i);
    if (count != expected) return kWrong;
    sum = mix(sum, count);
  }
  return sum;
}
