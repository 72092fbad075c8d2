// Quicksort with insertion sort for short ranges, by a comparison function.
#include "kernel.h"

enum { kCount = 8192, kShort = 16 };
typedef int (*Compare)(uint32_t, uint32_t);

static int ascending(uint32_t a, uint32_t b) { return a < b; }
static int descending(uint32_t a, uint32_t b) { return a > b; }

static void insertion_sort(uint32_t* first, uint32_t* last, Compare before) {
  for (uint32_t* at = first + 1; at <= last; ++at) {
    const uint32_t value = *at;
    uint32_t* to = at;
    for (; to > first && before(value, to[-1]); --to) *to = to[-1];
    *to = value;
  }
}

static void swap(uint32_t* a, uint32_t* b) {
  const uint32_t value = *a;
  *a = *b;
  *b = value;
}

static void quick_sort(uint32_t* first, uint32_t* last, Compare before) {
  while (last - first > kShort) {
    const uint32_t pivot = first[(last - first) / 2];
    uint32_t *low = first, *high = last;
    while (low <= high) {
      while (before(*low, pivot)) ++low;
      while (before(pivot, *high)) --high;
      if (low <= high) swap(low++, high--);
    }
    quick_sort(first, high, before);
    first = low;
  }
  if (first < last) insertion_sort(first, last, before);
}

uint64_t kernel(uint32_t rounds) {
  release_all();
  uint32_t* const values = allocate(kCount * sizeof *values);
  uint32_t seed = 11;
  uint64_t sum = 1;
  for (uint32_t round = 0; round < rounds; ++round) {
    const Compare before = round % 2 ? ascending : descending;
    for (int i = 0; i < kCount; ++i) values[i] = next_random(&seed);
    quick_sort(values, values + kCount - 1, before);
    for (int i = 1; i < kCount; ++i)
      if (before(values[i], values[i - 1])) return kWrong;
    sum = mix(sum, values[kCount / 2]);
  }
  return sum;
}
