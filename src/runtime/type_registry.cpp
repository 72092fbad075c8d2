#include "runtime/type_registry.hpp"

#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>

#include "artifact/abi.hpp"

namespace tenon::runtime {
namespace {

static_assert(artifact::kNullTypeId == 0, "ids count from 1");

class TypeRegistry {
 public:
  std::uint32_t id_of(const FunctionType& type) {
    const std::lock_guard lock(mutex_);
    auto [entry, added] = ids_.try_emplace(key(type), static_cast<std::uint32_t>(types_.size() + 1));
    if (added) types_.push_back(type);
    return entry->second;
  }

  const FunctionType& type_of(std::uint32_t id) {
    const std::lock_guard lock(mutex_);
    return types_[id - 1];
  }

 private:
  // No value type has the encoding 0, so the two lists cannot run together.
  static std::string key(const FunctionType& type) {
    std::string text;
    text.reserve(type.parameters.size() + 1 + type.results.size());
    for (ValueType value : type.parameters) text += static_cast<char>(value);
    text += '\0';
    for (ValueType value : type.results) text += static_cast<char>(value);
    return text;
  }

  std::mutex mutex_;
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::deque<FunctionType> types_;  // a deque: references stay valid
};

TypeRegistry& registry() {
  static auto& instance = *new TypeRegistry;  // never destroyed: plugins may run until the very end
  return instance;
}

}  // namespace

std::uint32_t type_id_of(const FunctionType& type) { return registry().id_of(type); }
const FunctionType& type_of_id(std::uint32_t id) { return registry().type_of(id); }

}  // namespace tenon::runtime
