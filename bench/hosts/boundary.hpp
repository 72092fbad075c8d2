// The boundary benchmarks, for any C++ host. A Guest has the functions of
// guests/boundary.c, and `pass_bytes`, which copies bytes in, calls `flip`, and
// copies them out.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <span>
#include <vector>

#include "measure.hpp"

namespace bench {

constexpr std::int32_t kHostCalls = 1000;

template <typename Guest>
void empty_call(benchmark::State& state, Guest& guest) {
  for (auto _ : state) guest.empty();
}

template <typename Guest>
void two_arguments(benchmark::State& state, Guest& guest) {
  std::int32_t value = 0;
  for (auto _ : state) value = guest.add(value, 3);
  benchmark::DoNotOptimize(value);
}

// One iteration is kHostCalls calls out of one call in.
template <typename Guest>
void host_call(benchmark::State& state, Guest& guest) {
  while (state.KeepRunningBatch(kHostCalls)) {
    if (guest.call_host(kHostCalls) != kHostCalls) fail("the host function was not called");
  }
}

template <typename Guest>
void bytes_both_ways(benchmark::State& state, Guest& guest) {
  std::vector<std::uint8_t> in(static_cast<std::size_t>(state.range(0)), 7), out(in.size());
  for (auto _ : state) {
    guest.pass_bytes(in, out);
    benchmark::DoNotOptimize(out.data());
  }
  if (out.front() == out[1]) fail("the bytes did not come through");
}

template <typename Guest>
int run_boundary(int argc, char** argv, Guest& guest) {
  benchmark::RegisterBenchmark("empty call", empty_call<Guest>, std::ref(guest));
  benchmark::RegisterBenchmark("two arguments", two_arguments<Guest>, std::ref(guest));
  benchmark::RegisterBenchmark("host function", host_call<Guest>, std::ref(guest));
  for (const std::int64_t size : {16, 1 << 10, 1 << 16, 1 << 20}) {
    benchmark::RegisterBenchmark("bytes", bytes_both_ways<Guest>, std::ref(guest))->Arg(size);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace bench
