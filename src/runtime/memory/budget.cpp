#include "runtime/memory/budget.hpp"

namespace tenon::runtime {

std::string Budget::refusal(const std::string& what, std::uint64_t bytes) const {
  return what + " takes " + std::to_string(bytes) + " bytes, more than the " + std::to_string(remaining()) +
         " that are left of " + std::to_string(total()) + " (" + std::string(option_) + ")";
}

}  // namespace tenon::runtime
