// The guest of the boundary benchmarks: next to nothing in each function, so
// that what is measured is the way there and back.
#include <stdint.h>

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(#name)))
#define IMPORT(name) __attribute__((import_module("bench"), import_name(#name)))
#else
#define EXPORT(name) __attribute__((visibility("default")))
#define IMPORT(name)
#endif

IMPORT(add_one) int32_t add_one(int32_t value);

EXPORT(empty) void empty(void) {}
EXPORT(add) int32_t add(int32_t left, int32_t right) { return left + right; }

EXPORT(call_host) int32_t call_host(int32_t times) {
  int32_t value = 0;
  while (times-- > 0) value = add_one(value);
  return value;
}

static uint8_t bytes[1 << 20];
EXPORT(buffer) uint8_t* buffer(void) { return bytes; }

EXPORT(flip) uint8_t* flip(uint32_t size) {
  bytes[0] ^= 1;
  bytes[size - 1] ^= 1;
  return bytes;
}
