// Whether operands fit where they go, one by one and in sequences.
#pragma once

#include <span>

#include <tenon/types.hpp>

namespace tenon::wasm {

// Where control may be polymorphic, an operand's type may be unknown, or known
// to be that of a reference which is not null, and no more.
inline constexpr ValueType kUnknown = ValueType{0};
inline constexpr ValueType kUnknownReference = non_null(kUnknown);

// All without a branch, so that the compiler makes vectors of it.
[[nodiscard]] constexpr bool matches(ValueType found, ValueType wanted) {
  using detail::bit;
  return (bit(is_subtype(found, wanted)) | bit(found == kUnknown) |
          (bit(found == kUnknownReference) & bit(is_reference(wanted)))) != 0;
}

// As many found as wanted, and each matches. Linear in bytes rather than types
// where all are equal; where not, eight times slower at most.
[[nodiscard]] bool match(std::span<const ValueType> found, std::span<const ValueType> wanted);

}  // namespace tenon::wasm
