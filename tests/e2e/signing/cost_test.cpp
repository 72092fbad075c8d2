// What verifying costs, for people to look at: docs/signing.md has the figures.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "signing/signing.hpp"

namespace tenon::e2e {
namespace {

double median(std::vector<double>& times) {
  std::ranges::sort(times);
  return times[times.size() / 2];
}

TEST(SigningCost, OfLoading) {
  const char* const path = std::getenv("TENON_SIGNING_COST");
  if (path == nullptr) GTEST_SKIP() << "measures nothing without TENON_SIGNING_COST=ARTIFACT";
  const tests::TempDir dir;
  const auto key = tool::SecretKey::make().value();
  tests::write_file(dir / "signed.so", signed_by(key, tests::read_file(path)));
  const LoadOptions ways[] = {{}, {.private_copy = true}, {.trusted_keys = std::vector{key.public_key()}}};
  std::vector<double> times[3];
  for (int round = 0; round < 201; ++round) {
    for (int way = 0; way < 3; ++way) {  // in turn, so that all have the same noise
      const auto begin = std::chrono::steady_clock::now();
      ASSERT_TRUE(Module::load(dir / "signed.so", ways[way]));
      times[way].push_back(
          std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
    }
  }
  std::printf("%ju bytes: from the file %.0f us, from a private copy %.0f us, verified %.0f us\n",
              std::uintmax_t{std::filesystem::file_size(dir / "signed.so")}, median(times[0]),
              median(times[1]), median(times[2]));
}

}  // namespace
}  // namespace tenon::e2e
