// Product of two float matrices, with the inner loop along the rows, so that it
// can be vectorised.
#include "kernel.h"

enum { kSize = 64 };
typedef float Matrix[kSize][kSize];

static Matrix left, right, product;

static void fill(Matrix matrix, uint32_t seed) {
  for (int i = 0; i < kSize; ++i)
    for (int j = 0; j < kSize; ++j) matrix[i][j] = (float)(next_random(&seed) % 100);
}

static void multiply(void) {
  for (int i = 0; i < kSize; ++i) {
    for (int j = 0; j < kSize; ++j) product[i][j] = 0;
    for (int k = 0; k < kSize; ++k) {
      const float factor = left[i][k];
      for (int j = 0; j < kSize; ++j) product[i][j] += factor * right[k][j];
    }
  }
}

// All values are whole numbers small enough to be exact.
static int is_right(uint32_t row, uint32_t column) {
  float sum = 0;
  for (int k = 0; k < kSize; ++k) sum += left[row][k] * right[k][column];
  return sum == product[row][column];
}

uint64_t kernel(uint32_t rounds) {
  uint64_t sum = 1;
  for (uint32_t round = 0; round < rounds; ++round) {
    fill(left, round + 1);
    fill(right, round + 2);
    multiply();
    if (!is_right(round % kSize, 5)) return kWrong;
    sum = mix(sum, (uint64_t)product[round % kSize][5]);
  }
  return sum;
}
