// The CPU features that an artifact may require, by LLVM's names, and whether
// this machine has them. The compiler may use only features listed here, so
// that the loader can check every one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tenon::artifact {

struct CpuFeature {
  std::string_view name;   // LLVM's: "avx2"
  unsigned leaf, subleaf;  // cpuid input
  enum class Register : unsigned char { eax, ebx, ecx, edx } output;
  unsigned bit;
};

[[nodiscard]] std::span<const CpuFeature> known_cpu_features();
// False for names that are not in the table too.
[[nodiscard]] bool machine_has(std::string_view feature);

}  // namespace tenon::artifact
