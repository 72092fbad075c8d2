// Five bodies under gravity, in double precision.
#include "kernel.h"

enum { kBodies = 5, kSteps = 1000 };
typedef struct { double x, y, z, vx, vy, vz, mass; } Body;

static const Body kStart[kBodies] = {
    {0, 0, 0, -0.00038, -0.0032, 0.000024, 39.478},
    {4.841, -1.160, -0.103, 0.606, 2.811, -0.025, 0.0376},
    {8.343, 4.124, -0.403, -1.010, 1.825, 0.0084, 0.0112},
    {12.894, -15.111, -0.223, 1.082, 0.868, -0.0108, 0.0017},
    {15.379, -25.919, 0.179, 0.979, 0.594, -0.0347, 0.0020}};

static void advance(Body* bodies, double step) {
  for (int i = 0; i < kBodies; ++i)
    for (int j = i + 1; j < kBodies; ++j) {
      Body *a = &bodies[i], *b = &bodies[j];
      const double x = a->x - b->x, y = a->y - b->y, z = a->z - b->z;
      const double square = x * x + y * y + z * z;
      const double force = step / (square * __builtin_sqrt(square));
      a->vx -= x * b->mass * force, a->vy -= y * b->mass * force, a->vz -= z * b->mass * force;
      b->vx += x * a->mass * force, b->vy += y * a->mass * force, b->vz += z * a->mass * force;
    }
  for (int i = 0; i < kBodies; ++i) {
    bodies[i].x += step * bodies[i].vx;
    bodies[i].y += step * bodies[i].vy;
    bodies[i].z += step * bodies[i].vz;
  }
}

static double energy(const Body* bodies) {
  double sum = 0;
  for (int i = 0; i < kBodies; ++i) {
    const Body* a = &bodies[i];
    sum += a->mass * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz) / 2;
    for (int j = i + 1; j < kBodies; ++j) {
      const Body* b = &bodies[j];
      const double x = a->x - b->x, y = a->y - b->y, z = a->z - b->z;
      sum -= a->mass * b->mass / __builtin_sqrt(x * x + y * y + z * z);
    }
  }
  return sum;
}

uint64_t kernel(uint32_t rounds) {
  Body bodies[kBodies];
  for (int i = 0; i < kBodies; ++i) bodies[i] = kStart[i];
  const double before = energy(bodies);
  for (uint32_t round = 0; round < rounds; ++round)
    for (int i = 0; i < kSteps; ++i) advance(bodies, 0.001);
  const double after = energy(bodies);
  if (!(__builtin_fabs(after - before) < 0.001)) return kWrong;
  uint64_t bits;
  __builtin_memcpy(&bits, &after, sizeof bits);
  return bits;
}
