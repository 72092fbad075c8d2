// What every kernel shares. A kernel is one C file without a library that
// exports `kernel`: `rounds` times the same work, checked, and a number that
// depends on all of it, or kWrong. Every engine must give the same number.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __wasm__
#define KERNEL __attribute__((export_name("kernel")))
#else
#define KERNEL __attribute__((visibility("default")))
#endif

enum { kWrong = 0 };

KERNEL uint64_t kernel(uint32_t rounds);

// Numbers that look random and are the same everywhere (xorshift32).
static inline uint32_t next_random(uint32_t* state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

static inline uint64_t mix(uint64_t sum, uint64_t value) { return (sum ^ value) * 0x100000001b3u; }

// An allocator that only goes up; `release_all` starts over.
static uint8_t arena[1 << 20] __attribute__((aligned(16)));
static size_t arena_used;

static inline void* allocate(size_t size) {
  const size_t start = (arena_used + 15) & ~(size_t)15;
  if (start + size > sizeof arena) __builtin_trap();
  arena_used = start + size;
  return arena + start;
}

static inline void release_all(void) { arena_used = 0; }
