// Points of the Mandelbrot set in a grid.
#include "kernel.h"

enum { kSize = 64, kLimit = 200 };

static uint32_t iterations(double re, double im) {
  double x = 0, y = 0;
  uint32_t count = 0;
  for (; count < kLimit && x * x + y * y <= 4; ++count) {
    const double next = x * x - y * y + re;
    y = 2 * x * y + im;
    x = next;
  }
  return count;
}

uint64_t kernel(uint32_t rounds) {
  uint64_t sum = 1;
  for (uint32_t round = 0; round < rounds; ++round) {
    const double shift = round * 1e-6;
    for (int i = 0; i < kSize; ++i)
      for (int j = 0; j < kSize; ++j) sum = mix(sum, iterations(3.0 * j / kSize - 2 + shift, 2.0 * i / kSize - 1));
    if (iterations(0, 0) != kLimit || iterations(2, 2) > 2) return kWrong;
  }
  return sum;
}
