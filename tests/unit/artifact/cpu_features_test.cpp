#include "artifact/machine/cpu_features.hpp"

#include <gtest/gtest.h>

#include <set>

#if defined(__x86_64__)
#include <cpuid.h>

#include "artifact/machine/x86_64/cpuid_features.hpp"
#endif

namespace tenon::artifact {
namespace {

TEST(CpuFeatures, NamesAreUnique) {
  std::set<std::string_view> names;
  for (const std::string_view feature : known_cpu_features())
    EXPECT_TRUE(names.insert(feature).second) << feature;
}

TEST(CpuFeatures, UnknownNamesAreNotHad) {
  EXPECT_FALSE(machine_has("avx1024"));
  EXPECT_FALSE(machine_has(""));
}

#if defined(__x86_64__)
// The processor's own answer, for each.
TEST(CpuFeatures, AgreesWithTheProcessor) {
  __builtin_cpu_init();
  for (const CpuidFeature& feature : cpuid_features()) {
    unsigned r[4] = {};
    __get_cpuid_count(feature.leaf, feature.subleaf, &r[0], &r[1], &r[2], &r[3]);
    const bool is_there = (r[static_cast<unsigned>(feature.output)] >> feature.bit & 1) != 0;
    // Without the system's saving wide registers what needs them is of no use.
    const bool is_usable = feature.name.starts_with("avx512") ? __builtin_cpu_supports("avx512f") != 0
                                                              : __builtin_cpu_supports("avx") != 0;
    if (is_usable) {
      EXPECT_EQ(machine_has(feature.name), is_there) << feature.name;
    } else {
      EXPECT_TRUE(is_there || !machine_has(feature.name)) << feature.name;
    }
  }
}

// The C compiler's own detection, where it knows the name.
TEST(CpuFeatures, AgreesWithTheCompilersRuntime) {
  __builtin_cpu_init();
  EXPECT_TRUE(machine_has("sse2"));
  EXPECT_EQ(machine_has("sse4.2"), __builtin_cpu_supports("sse4.2") != 0);
  EXPECT_EQ(machine_has("popcnt"), __builtin_cpu_supports("popcnt") != 0);
  EXPECT_EQ(machine_has("avx"), __builtin_cpu_supports("avx") != 0);
  EXPECT_EQ(machine_has("avx2"), __builtin_cpu_supports("avx2") != 0);
  EXPECT_EQ(machine_has("bmi2"), __builtin_cpu_supports("bmi2") != 0);
  EXPECT_EQ(machine_has("avx512f"), __builtin_cpu_supports("avx512f") != 0);
  EXPECT_EQ(machine_has("avx512vbmi"), __builtin_cpu_supports("avx512vbmi") != 0);
}
#endif

}  // namespace
}  // namespace tenon::artifact
