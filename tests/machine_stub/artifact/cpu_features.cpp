// Of the features that a note may name, those that every aarch64 has (Arm ARM, A2.3).
#include "artifact/machine/cpu_features.hpp"

namespace tenon::artifact {
namespace {
constexpr std::string_view kFeatures[] = {"fp-armv8", "neon"};
}  // namespace

std::span<const std::string_view> known_cpu_features() { return kFeatures; }
bool machine_has(std::string_view) { return false; }

}  // namespace tenon::artifact
