#include "artifact/machine/cpu_features.hpp"

#include <algorithm>
#include <array>

#include <features.h>
#ifndef __GLIBC_PREREQ
#define __GLIBC_PREREQ(major, minor) 0
#endif
#if __GLIBC_PREREQ(2, 33)
// The C library's header says _Bool, which in C++ only GCC knows.
#define _Bool bool
#include <sys/platform/x86.h>
#undef _Bool
#else
#include <cpuid.h>
#endif

#include "artifact/machine/x86_64/cpuid_features.hpp"

namespace tenon::artifact {
namespace {

using enum CpuidFeature::Register;

// Intel SDM volume 2A, CPUID; AMD APM volume 3, appendix E. In LLVM's names.
constexpr auto kFeatures = std::to_array<CpuidFeature>({
    {"x87", 1, 0, edx, 0},
    {"cx8", 1, 0, edx, 8},
    {"cmov", 1, 0, edx, 15},
    {"mmx", 1, 0, edx, 23},
    {"fxsr", 1, 0, edx, 24},
    {"sse", 1, 0, edx, 25},
    {"sse2", 1, 0, edx, 26},
    {"sse3", 1, 0, ecx, 0},
    {"pclmul", 1, 0, ecx, 1},
    {"ssse3", 1, 0, ecx, 9},
    {"fma", 1, 0, ecx, 12},
    {"cx16", 1, 0, ecx, 13},
    {"sse4.1", 1, 0, ecx, 19},
    {"sse4.2", 1, 0, ecx, 20},
    {"crc32", 1, 0, ecx, 20},
    {"movbe", 1, 0, ecx, 22},
    {"popcnt", 1, 0, ecx, 23},
    {"aes", 1, 0, ecx, 25},
    {"xsave", 1, 0, ecx, 26},
    {"avx", 1, 0, ecx, 28},
    {"f16c", 1, 0, ecx, 29},
    {"rdrnd", 1, 0, ecx, 30},
    {"fsgsbase", 7, 0, ebx, 0},
    {"bmi", 7, 0, ebx, 3},
    {"avx2", 7, 0, ebx, 5},
    {"bmi2", 7, 0, ebx, 8},
    {"avx512f", 7, 0, ebx, 16},
    {"avx512dq", 7, 0, ebx, 17},
    {"rdseed", 7, 0, ebx, 18},
    {"adx", 7, 0, ebx, 19},
    {"avx512ifma", 7, 0, ebx, 21},
    {"clflushopt", 7, 0, ebx, 23},
    {"clwb", 7, 0, ebx, 24},
    {"avx512cd", 7, 0, ebx, 28},
    {"sha", 7, 0, ebx, 29},
    {"avx512bw", 7, 0, ebx, 30},
    {"avx512vl", 7, 0, ebx, 31},
    {"avx512vbmi", 7, 0, ecx, 1},
    {"avx512vbmi2", 7, 0, ecx, 6},
    {"gfni", 7, 0, ecx, 8},
    {"vaes", 7, 0, ecx, 9},
    {"vpclmulqdq", 7, 0, ecx, 10},
    {"avx512vnni", 7, 0, ecx, 11},
    {"avx512bitalg", 7, 0, ecx, 12},
    {"avx512vpopcntdq", 7, 0, ecx, 14},
    {"rdpid", 7, 0, ecx, 22},
    {"movdiri", 7, 0, ecx, 27},
    {"movdir64b", 7, 0, ecx, 28},
    {"serialize", 7, 0, edx, 14},
    {"avx512vp2intersect", 7, 0, edx, 8},
    {"avx512fp16", 7, 0, edx, 23},
    {"avxvnni", 7, 1, eax, 4},
    {"avx512bf16", 7, 1, eax, 5},
    {"avxifma", 7, 1, eax, 23},
    {"avxvnniint8", 7, 1, edx, 4},
    {"avxneconvert", 7, 1, edx, 5},
    {"xsaveopt", 0xD, 1, eax, 0},
    {"xsavec", 0xD, 1, eax, 1},
    {"sahf", 0x80000001, 0, ecx, 0},
    {"lzcnt", 0x80000001, 0, ecx, 5},
    {"sse4a", 0x80000001, 0, ecx, 6},
    {"prfchw", 0x80000001, 0, ecx, 8},
    {"xop", 0x80000001, 0, ecx, 11},
    {"fma4", 0x80000001, 0, ecx, 16},
    {"tbm", 0x80000001, 0, ecx, 21},
    {"64bit", 0x80000001, 0, edx, 29},
});

constexpr std::uint64_t kAvxState = 0x06;     // XCR0: xmm, ymm
constexpr std::uint64_t kAvx512State = 0xE6;  // and opmask, zmm

// The register state that the operating system must save for a feature.
std::uint64_t needed_state(std::string_view name) {
  constexpr std::string_view kYmm[] = {"fma", "f16c", "vaes", "vpclmulqdq", "xop", "fma4"};
  if (name.starts_with("avx512")) return kAvx512State;
  if (name.starts_with("avx") || std::ranges::find(kYmm, name) != std::end(kYmm)) return kAvxState;
  return 0;
}

using Registers = std::array<unsigned, 4>;  // eax, ebx, ecx, edx

#if __GLIBC_PREREQ(2, 33)
// What the C library found when the process started: in a virtual machine each
// cpuid is a trap into the hypervisor, some microseconds.
Registers cpuid(unsigned leaf, unsigned subleaf) {
  struct Known {
    unsigned leaf, subleaf, index;
  };
  constexpr Known kKnown[] = {{1, 0, CPUID_INDEX_1},
                              {7, 0, CPUID_INDEX_7},
                              {7, 1, CPUID_INDEX_7_ECX_1},
                              {0xD, 1, CPUID_INDEX_D_ECX_1},
                              {0x80000001, 0, CPUID_INDEX_80000001}};
  for (const Known& known : kKnown) {
    if (known.leaf != leaf || known.subleaf != subleaf) continue;
    return std::to_array(__x86_get_cpuid_feature_leaf(known.index)->cpuid_array);
  }
  return {};
}
#else
Registers cpuid(unsigned leaf, unsigned subleaf) {
  Registers r{};
  return __get_cpuid_count(leaf, subleaf, &r[0], &r[1], &r[2], &r[3]) != 0 ? r : Registers{};
}
#endif

bool system_saves(std::uint64_t state) {
  if (state == 0) return true;
  constexpr unsigned kOsXsave = 1u << 27;
  if ((cpuid(1, 0)[2] & kOsXsave) == 0) return false;
  std::uint32_t low = 0, high = 0;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return ((std::uint64_t{high} << 32 | low) & state) == state;
}

bool processor_has(const CpuidFeature& feature) {
  const unsigned output = cpuid(feature.leaf, feature.subleaf)[static_cast<unsigned>(feature.output)];
  return (output >> feature.bit & 1) != 0;
}

constexpr auto kNames = [] {
  std::array<std::string_view, kFeatures.size()> names;
  std::ranges::transform(kFeatures, names.begin(), &CpuidFeature::name);
  return names;
}();

}  // namespace

std::span<const CpuidFeature> cpuid_features() { return kFeatures; }
std::span<const std::string_view> known_cpu_features() { return kNames; }

bool machine_has(std::string_view name) {
  const auto* feature = std::ranges::find(kFeatures, name, &CpuidFeature::name);
  return feature != kFeatures.end() && processor_has(*feature) && system_saves(needed_state(name));
}

}  // namespace tenon::artifact
