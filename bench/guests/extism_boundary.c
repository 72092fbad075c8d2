// boundary.c as a plugin of Extism, whose exports take no arguments: bytes come
// and go through the memory of its kernel, eight at a time, as in its own
// plugin development kits.
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define KERNEL(name) __attribute__((import_module("extism:host/env"), import_name(#name)))

KERNEL(input_length) uint64_t input_length(void);
KERNEL(input_load_u8) uint8_t input_load_u8(uint64_t at);
KERNEL(input_load_u64) uint64_t input_load_u64(uint64_t at);
KERNEL(alloc) uint64_t allocate(uint64_t size);
KERNEL(store_u8) void store_u8(uint64_t at, uint8_t value);
KERNEL(store_u64) void store_u64(uint64_t at, uint64_t value);
KERNEL(output_set) void output_set(uint64_t at, uint64_t size);
__attribute__((import_module("bench"), import_name("add_one"))) int32_t add_one(int32_t value);

EXPORT(empty) int32_t empty(void) { return 0; }

static void answer(const uint8_t* bytes, uint64_t size) {
  const uint64_t to = allocate(size);
  uint64_t at = 0;
  for (; at + 8 <= size; at += 8) store_u64(to + at, *(const uint64_t*)(bytes + at));
  for (; at < size; ++at) store_u8(to + at, bytes[at]);
  output_set(to, size);
}

// The input is how many times; the output is what came of it.
EXPORT(call_host) int32_t call_host(void) {
  int32_t times = (int32_t)input_load_u64(0), value = 0;
  while (times-- > 0) value = add_one(value);
  const uint64_t result = (uint64_t)(uint32_t)value;
  answer((const uint8_t*)&result, sizeof result);
  return 0;
}

static uint8_t bytes[1 << 20] __attribute__((aligned(8)));

EXPORT(flip) int32_t flip(void) {
  const uint64_t size = input_length();
  if (size == 0 || size > sizeof bytes) return 1;
  uint64_t at = 0;
  for (; at + 8 <= size; at += 8) *(uint64_t*)(bytes + at) = input_load_u64(at);
  for (; at < size; ++at) bytes[at] = input_load_u8(at);
  bytes[0] ^= 1;
  bytes[size - 1] ^= 1;
  answer(bytes, size);
  return 0;
}
