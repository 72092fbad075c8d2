// Where cpuid tells of each feature.
#pragma once

#include <span>
#include <string_view>

namespace tenon::artifact {

struct CpuidFeature {
  std::string_view name;   // LLVM's: "avx2"
  unsigned leaf, subleaf;  // the input
  enum class Register : unsigned char { eax, ebx, ecx, edx } output;
  unsigned bit;
};

// In the order of known_cpu_features().
[[nodiscard]] std::span<const CpuidFeature> cpuid_features();

}  // namespace tenon::artifact
