#include "base/type_registry.hpp"

#include <map>
#include <mutex>
#include <vector>

namespace tenon::base {
namespace {

class TypeRegistry {
 public:
  std::uint32_t id_of(const FunctionType& type) {
    const std::lock_guard lock(mutex_);
    const auto [entry, added] = ids_.try_emplace(type, static_cast<std::uint32_t>(types_.size() + 1));
    if (added) types_.push_back(&entry->first);
    return entry->second;
  }

  const FunctionType& type_of(std::uint32_t id) {
    const std::lock_guard lock(mutex_);
    return *types_[id - 1];
  }

 private:
  std::mutex mutex_;
  // Sorted, since hashing could be made slow by chosen types.
  std::map<FunctionType, std::uint32_t> ids_;
  std::vector<const FunctionType*> types_;  // into ids_, whose entries stay where they are
};

TypeRegistry& registry() {
  static auto& instance = *new TypeRegistry;  // never destroyed: plugins may run until the very end
  return instance;
}

}  // namespace

std::uint32_t type_id_of(const FunctionType& type) { return registry().id_of(type); }
const FunctionType& type_of_id(std::uint32_t id) { return registry().type_of(id); }

}  // namespace tenon::base

namespace tenon {

ValueType reference_to(const FunctionType& type) {
  return detail::reference_to_number(base::type_id_of(type));
}

const FunctionType* referenced_type(ValueType type) {
  return detail::has_number(type) ? &base::type_of_id(detail::number_of(type)) : nullptr;
}

}  // namespace tenon
