#include "runtime/instance/imports.hpp"

#include "base/error.hpp"
#include "base/utf8.hpp"
#include "runtime/instance/access.hpp"
#include "runtime/instance/module_impl.hpp"
#include "runtime/instance/store_impl.hpp"

namespace tenon::runtime {
namespace {

using Definition = Definitions::Definition;

struct TypeOf {
  ExternType operator()(const HostFunction& function) const { return function.type(); }
  ExternType operator()(const Extern& item) const { return std::visit(*this, item); }
  ExternType operator()(const Function& function) const { return function.type(); }
  ExternType operator()(const Table& table) const { return table.type(); }
  ExternType operator()(const Memory& memory) const { return memory.type(); }
  ExternType operator()(const Global& global) const { return global.type(); }
  ExternType operator()(const Tag& tag) const { return tag.type(); }
  ExternType operator()(const SharedMemory& memory) const { return memory.type(); }
};

// Null for a HostFunction and for a shared memory, which belong to no store.
struct StoreOf {
  const StoreImpl* operator()(const HostFunction&) const { return nullptr; }
  const StoreImpl* operator()(const SharedMemory&) const { return nullptr; }
  const StoreImpl* operator()(const Extern& item) const { return std::visit(*this, item); }
  const StoreImpl* operator()(const Function& function) const { return Access::store_of(function); }
  const StoreImpl* operator()(const Table& table) const { return Access::of(table)->store(); }
  const StoreImpl* operator()(const Memory& memory) const { return Access::of(memory)->store(); }
  const StoreImpl* operator()(const Global& global) const { return Access::of(global)->store; }
  const StoreImpl* operator()(const Tag& tag) const { return Access::of(tag)->store; }
};

bool limits_match(const Limits& actual, const Limits& wanted) {
  if (actual.minimum < wanted.minimum) return false;
  return !wanted.maximum || (actual.maximum && *actual.maximum <= *wanted.maximum);
}

// The sandbox depends on this: guest code trusts the types of what it imports.
bool matches(const ExternType& actual, const ExternType& wanted) {
  if (actual.index() != wanted.index()) return false;
  switch (kind_of(wanted)) {
    case ExternKind::function: return std::get<FunctionType>(actual) == std::get<FunctionType>(wanted);
    case ExternKind::table: {
      const auto& table = std::get<TableType>(actual);
      const auto& other = std::get<TableType>(wanted);
      return table.element == other.element && table.is_64 == other.is_64 &&
             limits_match(table.limits, other.limits);
    }
    case ExternKind::memory: {
      const auto& memory = std::get<MemoryType>(actual);
      const auto& other = std::get<MemoryType>(wanted);
      return memory.is_64 == other.is_64 && memory.is_shared == other.is_shared &&
             limits_match(memory.limits, other.limits);
    }
    case ExternKind::global: {
      const auto& global = std::get<GlobalType>(actual);
      const auto& other = std::get<GlobalType>(wanted);
      // Nobody can write it, so only the type of what is read matters.
      return global == other ||
             (!global.is_mutable && !other.is_mutable && is_subtype(global.value, other.value));
    }
    case ExternKind::tag: return std::get<TagType>(actual) == std::get<TagType>(wanted);
  }
  return false;
}

// For functions, which nearly every import is, this makes no copy of their type.
bool definition_matches(const Definition& definition, const ExternType& wanted) {
  const auto* function = std::get_if<HostFunction>(&definition);
  const auto* type = std::get_if<FunctionType>(&wanted);
  if (function != nullptr) return type != nullptr && function->type() == *type;
  return matches(std::visit(TypeOf{}, definition), wanted);
}

// Safety: code that has no checks of its own would reach what lies behind such a memory.
bool lacks_guards_for(const LoadedModule& module, const Definition& definition) {
  const auto* item = std::get_if<Extern>(&definition);
  const auto* memory = item != nullptr ? std::get_if<Memory>(item) : nullptr;
  return memory != nullptr && Access::of(*memory)->is_unguarded() && module.info().bounds == Bounds::guard;
}

// Safety: a type without null has no value that could stand in.
std::unexpected<Error> no_zero(const ImportType& item, ValueType type) {
  return base::fail(Phase::link, ErrorCode::unknown_import,
                    "unknown import: " + describe(item) + ": there is no zero of " + to_string(type));
}

// Makes a stand-in for anything but a function. It belongs to one store.
std::expected<Definition, Error> make_stand_in(StoreImpl& store, const ImportType& item) {
  switch (kind_of(item.type)) {
    case ExternKind::table: {
      const auto& type = std::get<TableType>(item.type);
      if (!has_default(type.element)) return no_zero(item, type.element);
      auto table = store.add_table(type);
      if (!table) return std::unexpected(std::move(table.error()));
      return Extern(Access::make<Table>(*table));
    }
    case ExternKind::memory: {
      auto memory = store.add_memory(std::get<MemoryType>(item.type));
      if (!memory) return std::unexpected(std::move(memory.error()));
      return Extern(Access::make<Memory>(*memory));
    }
    case ExternKind::global: {
      const auto& type = std::get<GlobalType>(item.type);
      if (!has_default(type.value)) return no_zero(item, type.value);
      return Extern(Access::make<Global>(store.add_global(type, Value::zero(type.value))));
    }
    case ExternKind::tag: return Extern(Access::make<Tag>(store.add_tag(std::get<TagType>(item.type))));
    case ExternKind::function: break;  // StandIns has those
  }
  return base::fail(Phase::link, ErrorCode::internal, "an import of no kind");
}

// Faults of one kind, gathered so that one message names them all, or the first of very
// many. A module may have 100,000 imports, and each may take as many bytes to describe, so
// the text of the rest is not even made.
class Faults {
 public:
  template <typename Text>
  void add(const Text& text) {
    ++count_;
    if (list_.size() >= kEnough) return;
    list_ += (list_.empty() ? "" : ", ") + text();
    ++named_;
  }
  [[nodiscard]] bool any() const { return count_ > 0; }
  [[nodiscard]] std::unexpected<Error> error(ErrorCode code, const char* title,
                                             const char* advice = "") const {
    const std::string rest = named_ < count_ ? " and " + std::to_string(count_ - named_) + " more" : "";
    return base::fail(Phase::link, code, std::string(title) + ": " + list_ + rest + advice);
  }

 private:
  static constexpr std::size_t kEnough = 4096;
  std::string list_;
  std::size_t count_ = 0, named_ = 0;
};

}  // namespace

std::expected<ResolvedImports, Error> resolve_imports(StoreImpl& store, const ModuleImpl& module,
                                                      const Definitions& imports) {
  const artifact::InstantiationPlan& plan = module.loaded().plan();
  ResolvedImports resolved;
  resolved.definitions.reserve(plan.imports.size());
  resolved.made.reserve(plan.imports.size());
  resolved.states.assign(imports.states.begin(), imports.states.end());
  Faults unknown, incompatible, foreign, unguarded;
  for (const ImportType& item : plan.imports) {
    const Definition* definition = imports.find(item);
    if (definition == nullptr) {
      if (auto made = imports.make(item)) definition = &resolved.made.emplace_back(std::move(*made));
    }
    resolved.definitions.push_back(definition);
    if (definition == nullptr) {
      if (imports.unknown == UnknownImports::error) unknown.add([&] { return describe(item); });
      continue;
    }
    const StoreImpl* owner = std::visit(StoreOf{}, *definition);
    if (owner != nullptr && owner != &store) {
      foreign.add([&] { return describe(item); });
    } else if (!definition_matches(*definition, item.type)) {
      incompatible.add([&] {
        return describe(item) + " is defined as " +
               base::printable(to_string(std::visit(TypeOf{}, *definition)), 1000);
      });
    } else if (lacks_guards_for(module.loaded(), *definition)) {
      unguarded.add([&] { return describe(item); });
    }
  }
  if (unknown.any())
    return unknown.error(ErrorCode::unknown_import, "unknown import",
                         "; the host has to define it, or to say what takes its place "
                         "(Imports::unknown, --unknown-imports)");
  if (foreign.any()) return foreign.error(ErrorCode::invalid_argument, "imports of another store");
  if (incompatible.any())
    return incompatible.error(ErrorCode::incompatible_import, "incompatible import type");
  if (unguarded.any())
    return unguarded.error(ErrorCode::incompatible_import, "imported memory without guards",
                           "; a module compiled with --bounds=explicit made it: compile this one so, too, or "
                           "let the host make the memory (Store::create_memory)");

  for (std::size_t i = 0; i < resolved.definitions.size(); ++i) {
    if (resolved.definitions[i] != nullptr) continue;
    resolved.definitions[i] = module.stand_ins().function(i, plan, imports.unknown);
    if (resolved.definitions[i] != nullptr) continue;
    auto made = make_stand_in(store, plan.imports[i]);
    if (!made) return std::unexpected(std::move(made.error()));
    resolved.definitions[i] = &resolved.made.emplace_back(std::move(*made));
  }
  return resolved;
}

}  // namespace tenon::runtime
