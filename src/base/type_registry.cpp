#include "base/type_registry.hpp"

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <utility>

namespace tenon::base {
namespace {

// Numbers share 32 bits with two flags (tenon/types.hpp).
constexpr std::uint32_t kLargestId = detail::kNonNull - 1;

struct Entry {
  std::uint32_t id = kNoTypeId;
  std::uint64_t uses = 0;
};
// Sorted, since hashing could be made slow by chosen types.
using Types = std::map<FunctionType, Entry>;

// From numbers to types, which stay where they are. Pages with nothing left in them are
// freed: numbers are never given twice, and a process may run for years.
class Numbers {
 public:
  void set(std::uint32_t id, Types::iterator type) {
    if (id / kPage >= pages_.size()) pages_.resize(id / kPage + 1);
    auto& page = pages_[id / kPage];
    if (page == nullptr) page = std::make_unique<Page>();
    page->types[id % kPage] = &*type;
    ++page->count;
  }
  void erase(std::uint32_t id) {
    auto& page = pages_[id / kPage];
    page->types[id % kPage] = nullptr;
    if (--page->count == 0) page.reset();
  }
  [[nodiscard]] Types::value_type* find(std::uint32_t id) const {
    const Page* const page = id / kPage < pages_.size() ? pages_[id / kPage].get() : nullptr;
    return page != nullptr ? page->types[id % kPage] : nullptr;
  }

 private:
  static constexpr std::uint32_t kPage = 1024;
  struct Page {
    std::array<Types::value_type*, kPage> types{};
    std::uint32_t count = 0;
  };
  std::vector<std::unique_ptr<Page>> pages_;
};

class TypeRegistry {
 public:
  std::uint32_t use(const FunctionType& type) {
    const std::lock_guard lock(mutex_);
    auto found = types_.find(type);
    if (found == types_.end()) {
      if (next_ > kLargestId) return kNoTypeId;
      found = types_.try_emplace(type).first;
      numbers_.set(next_, found);
      found->second.id = next_++;
      for_each_reference(type, [&](Types::value_type& referred) { ++referred.second.uses; });
    }
    ++found->second.uses;
    return found->second.id;
  }

  // False where the type has no user any more.
  bool use(std::uint32_t id) {
    const std::lock_guard lock(mutex_);
    auto* const found = numbers_.find(id);
    if (found != nullptr) ++found->second.uses;
    return found != nullptr;
  }

  // When a type goes, it gives up its own uses of others. Not recursive, since guests
  // chain types.
  void release(std::vector<std::uint32_t>& ids) {
    const std::lock_guard lock(mutex_);
    while (!ids.empty()) {
      auto* const type = numbers_.find(ids.back());
      ids.pop_back();
      if (--type->second.uses > 0) continue;
      for_each_reference(type->first,
                         [&](Types::value_type& referred) { ids.push_back(referred.second.id); });
      numbers_.erase(type->second.id);
      types_.erase(types_.find(type->first));
    }
  }

  const FunctionType* find(std::uint32_t id) {
    const std::lock_guard lock(mutex_);
    const auto* const found = numbers_.find(id);
    return found != nullptr ? &found->first : nullptr;
  }

 private:
  // A referred type that is missing was missing already when this type came: numbers do
  // not come back.
  template <typename F>
  void for_each_reference(const FunctionType& type, F visit) {
    for (const auto* values : {&type.parameters, &type.results}) {
      for (const ValueType value : *values) {
        if (!detail::has_number(value)) continue;
        if (auto* const referred = numbers_.find(detail::number_of(value))) visit(*referred);
      }
    }
  }

  std::mutex mutex_;
  Types types_;
  Numbers numbers_;
  std::uint32_t next_ = kNoTypeId + 1;
};

TypeRegistry& registry() {
  static auto& instance = *new TypeRegistry;  // never destroyed: plugins may run until the very end
  return instance;
}

}  // namespace

TypeUses& TypeUses::operator=(TypeUses&& other) noexcept {
  std::swap(ids_, other.ids_);
  return *this;
}

std::uint32_t TypeUses::add(const FunctionType& type) {
  ids_.push_back(kNoTypeId);  // first, since it may throw
  ids_.back() = registry().use(type);
  const std::uint32_t id = ids_.back();
  if (id == kNoTypeId) ids_.pop_back();
  return id;
}

void TypeUses::add(ValueType type) {
  if (!detail::has_number(type)) return;
  ids_.push_back(detail::number_of(type));
  if (!registry().use(ids_.back())) ids_.pop_back();
}

void TypeUses::add_all_in(const FunctionType& type) {
  for (const ValueType value : type.parameters) add(value);
  for (const ValueType value : type.results) add(value);
}

void TypeUses::release() noexcept {
  if (!ids_.empty()) registry().release(ids_);
}

std::uint32_t type_id_of(const FunctionType& type) { return registry().use(type); }
const FunctionType* find_type(std::uint32_t id) { return registry().find(id); }

const FunctionType& type_of_id(std::uint32_t id) {
  static const FunctionType kNothing;
  const FunctionType* const found = find_type(id);
  return found != nullptr ? *found : kNothing;
}

}  // namespace tenon::base

namespace tenon {

ValueType reference_to(const FunctionType& type) {
  return detail::reference_to_number(base::type_id_of(type));
}

const FunctionType* referenced_type(ValueType type) {
  return detail::has_number(type) ? base::find_type(detail::number_of(type)) : nullptr;
}

}  // namespace tenon
