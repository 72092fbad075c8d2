// Product of two integer matrices, rows against columns.
#include "kernel.h"

enum { kSize = 64 };
typedef int32_t Matrix[kSize][kSize];

static Matrix left, right, product;

static void fill(Matrix matrix, uint32_t seed) {
  for (int i = 0; i < kSize; ++i)
    for (int j = 0; j < kSize; ++j) matrix[i][j] = (int32_t)(next_random(&seed) % 1000) - 500;
}

static void multiply(void) {
  for (int i = 0; i < kSize; ++i)
    for (int j = 0; j < kSize; ++j) {
      int32_t sum = 0;
      for (int k = 0; k < kSize; ++k) sum += left[i][k] * right[k][j];
      product[i][j] = sum;
    }
}

// The trace of a product does not depend on the order of its factors.
static int is_right(void) {
  int32_t trace = 0, other = 0;
  for (int i = 0; i < kSize; ++i) {
    trace += product[i][i];
    for (int k = 0; k < kSize; ++k) other += right[k][i] * left[i][k];
  }
  return trace == other;
}

uint64_t kernel(uint32_t rounds) {
  uint64_t sum = 1;
  for (uint32_t round = 0; round < rounds; ++round) {
    fill(left, round + 1);
    fill(right, round + 2);
    multiply();
    if (!is_right()) return kWrong;
    sum = mix(sum, (uint32_t)product[round % kSize][7]);
  }
  return sum;
}
