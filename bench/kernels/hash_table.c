// An open hash table of 64-bit keys: inserts, finds and misses.
#include "kernel.h"

enum { kSlots = 16384, kKeys = 10000 };

typedef struct {
  uint64_t key;  // 0: free
  uint64_t value;
} Slot;

static Slot* find(Slot* table, uint64_t key) {
  uint32_t at = (uint32_t)(key * 0x9e3779b97f4a7c15u >> 32) % kSlots;
  while (table[at].key != 0 && table[at].key != key) at = (at + 1) % kSlots;
  return &table[at];
}

static uint64_t key_of(uint32_t number) { return (uint64_t)number * 2654435761u + 1; }

uint64_t kernel(uint32_t rounds) {
  release_all();
  Slot* const table = allocate(kSlots * sizeof *table);
  uint64_t sum = 1;
  for (uint32_t round = 0; round < rounds; ++round) {
    for (int i = 0; i < kSlots; ++i) table[i] = (Slot){0, 0};
    for (uint32_t i = 0; i < kKeys; ++i) *find(table, key_of(i)) = (Slot){key_of(i), i + round};
    uint64_t total = 0;
    for (uint32_t i = 0; i < 2 * kKeys; ++i) total += find(table, key_of(i))->value;
    if (total != (uint64_t)kKeys * (kKeys - 1) / 2 + (uint64_t)kKeys * round) return kWrong;
    sum = mix(sum, total);
  }
  return sum;
}
