// The proposals that a module may use, each with the name that the command
// line and the note give it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tenon::wasm {

enum class Feature : std::uint8_t {
  mutable_globals,
  sign_extension,
  saturating_conversion,
  multi_value,
  bulk_memory,
  reference_types,
  simd,
  // Later than 2.0.
  relaxed_simd,
  tail_calls,
  extended_const,
  threads,
  multi_memory,
  memory64,
  exceptions,
  legacy_exceptions,  // try, catch, rethrow and delegate, beside exceptions and not without them
  function_references,
  gc,
  mvp,  // what was always there: no proposal, in every set, without a name
};
inline constexpr std::size_t kFeatureCount = static_cast<std::size_t>(Feature::mvp);  // of proposals

class FeatureSet {
 public:
  constexpr FeatureSet() = default;
  [[nodiscard]] constexpr bool has(Feature f) const { return (bits_ >> static_cast<unsigned>(f)) & 1u; }
  constexpr FeatureSet& enable(Feature f) {
    bits_ |= 1u << static_cast<unsigned>(f);
    return *this;
  }
  constexpr FeatureSet& disable(Feature f) {
    bits_ &= ~(1u << static_cast<unsigned>(f));
    return *this;
  }
  bool operator==(const FeatureSet&) const = default;

 private:
  std::uint32_t bits_ = 1u << static_cast<unsigned>(Feature::mvp);
};

// Everything of WebAssembly 2.0, and nothing later.
[[nodiscard]] FeatureSet webassembly2_features();
// What is on unless someone says otherwise: that, and every later proposal that
// is finished and that we read.
[[nodiscard]] FeatureSet default_features();
[[nodiscard]] std::string_view to_string(Feature feature);  // "sign-extension"
[[nodiscard]] std::optional<Feature> feature_from_name(std::string_view name);
[[nodiscard]] std::vector<std::string_view> names(FeatureSet features);

}  // namespace tenon::wasm
