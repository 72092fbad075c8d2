#include "runtime/memory/budget.hpp"

namespace tenon::runtime {

std::string Budget::refusal(const std::string& what, std::uint64_t bytes) const {
  return what + " takes " + std::to_string(bytes) + " bytes, more than the " + std::to_string(remaining()) +
         " that are left of " + std::to_string(total()) + " (" + std::string(option_) + ")";
}

std::optional<RefusedGrowth> Budget::refused_growth() const {
  if (!has_refused_.load(std::memory_order_relaxed)) return std::nullopt;
  const std::scoped_lock lock(refused_mutex_);
  return refused_growth_;
}

std::string Budget::describe(const RefusedGrowth& why) const {
  const std::string most = std::to_string(why.most);
  switch (why.limit) {
    case RefusedGrowth::Limit::budget:
      return "the limit of " + std::to_string(total()) + " bytes (" + std::string(option_) + ")";
    case RefusedGrowth::Limit::memory_maximum:
      return "the memory's own maximum of " + most + " pages of 64 KiB, which no option raises";
    case RefusedGrowth::Limit::table_limit:
      return "the limit of " + most + " elements of a table (StoreOptions::table_limit, --table-limit)";
    case RefusedGrowth::Limit::table_maximum:
      return "the table's own maximum of " + most + " elements, which no option raises";
    case RefusedGrowth::Limit::system: break;
  }
  return "the system has";
}

}  // namespace tenon::runtime
