// Constant expressions (section 3.3.10).
#pragma once

#include <cstdint>

#include "artifact/abi.hpp"
#include "artifact/plan.hpp"
#include "runtime/instance/global.hpp"

namespace tenon::runtime {

// What constant expressions refer to: an instance whose imports and earlier globals
// are there.
class ConstantScope {
 public:
  [[nodiscard]] virtual GlobalImpl& global(std::uint32_t index) const = 0;
  // Precondition: the function is imported or one of the referenced ones. Fills in its record.
  [[nodiscard]] virtual const artifact::FunctionRecord* function(std::uint32_t index) const = 0;

 protected:
  ~ConstantScope() = default;
};

// Precondition: decode_plan accepted the expression, so that its indices are good and its
// stack never underflows.
[[nodiscard]] GuestBits evaluate(const artifact::ConstantExpression& expression, const ConstantScope& scope);

}  // namespace tenon::runtime
