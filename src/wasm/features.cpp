#include "wasm/features.hpp"

#include <algorithm>
#include <array>

namespace tenon::wasm {
namespace {

// In the order of Feature; the names that the proposals' tools use.
constexpr std::array<std::string_view, kFeatureCount> kNames = {
    "mutable-globals",
    "sign-extension",
    "saturating-conversion",
    "multi-value",
    "bulk-memory",
    "reference-types",
    "simd",
    "relaxed-simd",
    "tail-calls",
    "extended-const",
    "threads",
    "multi-memory",
    "memory64",
    "exceptions",
    "legacy-exceptions",
    "function-references",
    "gc",
};

}  // namespace

FeatureSet webassembly2_features() {
  FeatureSet features;
  for (const Feature feature :
       {Feature::mutable_globals, Feature::sign_extension, Feature::saturating_conversion,
        Feature::multi_value, Feature::bulk_memory, Feature::reference_types, Feature::simd}) {
    features.enable(feature);
  }
  return features;
}

// The older exceptions are on, since most of what has been published with
// exceptions uses them.
FeatureSet default_features() {
  FeatureSet features = webassembly2_features();
  for (const Feature feature :
       {Feature::relaxed_simd, Feature::tail_calls, Feature::extended_const, Feature::threads,
        Feature::multi_memory, Feature::memory64, Feature::exceptions, Feature::legacy_exceptions,
        Feature::function_references}) {
    features.enable(feature);
  }
  return features;
}

std::string_view to_string(Feature feature) {
  const auto index = static_cast<std::size_t>(feature);
  return index < kNames.size() ? kNames[index] : "unknown";
}

std::optional<Feature> feature_from_name(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Feature>(found - kNames.begin());
}

std::vector<std::string_view> names(FeatureSet features) {
  std::vector<std::string_view> result;
  for (std::size_t i = 0; i < kFeatureCount; ++i) {
    if (features.has(static_cast<Feature>(i))) result.push_back(kNames[i]);
  }
  return result;
}

}  // namespace tenon::wasm
