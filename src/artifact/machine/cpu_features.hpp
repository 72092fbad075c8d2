// The CPU features that an artifact may require, by LLVM's names, and whether
// this machine has them. The compiler may use only features listed here, so
// that the loader can check every one. Each machine's folder has its own list.
#pragma once

#include <span>
#include <string_view>

namespace tenon::artifact {

[[nodiscard]] std::span<const std::string_view> known_cpu_features();
// False for names that are not in the list too.
[[nodiscard]] bool machine_has(std::string_view feature);

}  // namespace tenon::artifact
