#include "runtime/instance/snapshot.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/error.hpp"
#include "runtime/instance/access.hpp"
#include "runtime/instance/definitions.hpp"
#include "runtime/instance/instance.hpp"
#include "runtime/instance/store_impl.hpp"

namespace tenon::runtime {
namespace {

std::unexpected<Error> refuse(std::string why) {
  return base::fail(Phase::call, ErrorCode::invalid_argument, std::move(why));
}

// Safety: guest code that runs counts on its state.
bool is_at_rest(const InstanceImpl& instance) { return instance.store().record.stack_limit == 0; }

[[gnu::cold]] std::unexpected<Error> not_at_rest(const std::string& what) {
  return refuse("an instance cannot be " + what +
                " while a call of its store runs: do it when the call has returned");
}

// What an instance has that is not its own alone.
std::expected<void, Error> check_imports(const InstanceImpl& instance) {
  const auto& plan = instance.module().plan();
  for (const ImportType& import : plan.imports) {
    const auto* global = std::get_if<GlobalType>(&import.type);
    const ExternKind kind = kind_of(import.type);
    if (kind == ExternKind::memory || kind == ExternKind::table || (global != nullptr && global->is_mutable))
      return refuse("a snapshot holds only what is the instance's own, and it imports " + describe(import));
  }
  if (std::ranges::any_of(plan.memories, &MemoryType::is_shared))
    return refuse("a snapshot cannot hold a shared memory, to which other threads may write");
  return {};
}

// What the host keeps for it.
std::expected<void, Error> check_states(const InstanceImpl& instance) {
  for (const auto& [name, state] : instance.states) {
    if (std::string why = state->why_not_now(); !why.empty()) return refuse(std::move(why));
  }
  return {};
}

// References as values that mean the same in another instance.
class References {
 public:
  References(const InstanceImpl& instance, SnapshotImpl& snapshot)
      : instance_(instance), snapshot_(snapshot) {}

  [[nodiscard]] std::expected<SavedReference, Error> save(ValueType type, Reference bits) {
    using Kind = SavedReference::Kind;
    if (bits == 0) return SavedReference{};
    if (general_type(type) == ValueType::exnref)
      return refuse(
          "a snapshot cannot hold a caught exception, which a table or global of the instance refers to");
    if (general_type(type) == ValueType::funcref) {
      const auto* record = reinterpret_cast<const artifact::FunctionRecord*>(bits);
      if (const auto index = instance_.index_of(record)) return SavedReference{Kind::own_function, *index};
    }
    snapshot_.only_store = instance_.store().budget();
    return SavedReference{Kind::of_the_store, bits};
  }

 private:
  const InstanceImpl& instance_;
  SnapshotImpl& snapshot_;
};

Reference bits_of(const SavedReference& saved, const InstanceImpl& instance) {
  if (saved.kind != SavedReference::Kind::own_function) return saved.value;
  return reinterpret_cast<Reference>(instance.function(static_cast<std::uint32_t>(saved.value)));
}

std::expected<void, Error> save_memories(const InstanceImpl& instance, SnapshotImpl& snapshot) {
  for (MemoryImpl* memory : instance.own_memories()) {
    auto saved = memory->save();
    if (!saved) return std::unexpected(std::move(saved.error()));
    snapshot.memories.push_back(std::move(*saved));
  }
  return {};
}

std::expected<void, Error> save_tables(const InstanceImpl& instance, SnapshotImpl& snapshot,
                                       References& references) {
  for (TableImpl* table : instance.own_tables()) {
    auto& saved = snapshot.tables.emplace_back(SnapshotImpl::Table{table->save(instance), {}});
    saved.elements.reserve(saved.contents.elements.size());
    for (const Reference bits : saved.contents.elements) {
      auto reference = references.save(table->element(), bits);
      if (!reference) return std::unexpected(std::move(reference.error()));
      saved.elements.push_back(*reference);
    }
    saved.contents.elements = {};
  }
  return {};
}

std::expected<void, Error> save_globals(const InstanceImpl& instance, SnapshotImpl& snapshot,
                                        References& references) {
  const auto cells = instance.own_cells();
  snapshot.cells.assign(cells.begin(), cells.end());
  const auto globals = instance.own_globals();
  for (std::uint32_t i = 0; i < globals.size(); ++i) {
    if (!is_reference(globals[i].type.value)) continue;
    auto reference = references.save(globals[i].type.value, read_cell(globals[i].cell).low);
    if (!reference) return std::unexpected(std::move(reference.error()));
    snapshot.references.push_back({i, *reference});
  }
  return {};
}

void restore_globals(InstanceImpl& instance, const SnapshotImpl& snapshot) {
  const auto cells = instance.own_cells();
  if (!cells.empty()) std::memcpy(cells.data(), snapshot.cells.data(), cells.size());
  for (const SnapshotImpl::Global& global : snapshot.references)
    write_cell(instance.own_globals()[global.index].cell, {bits_of(global.reference, instance), 0});
}

// Of its own, beside what every reset does.
[[gnu::noinline]] bool restore_table(InstanceImpl& instance, TableImpl& table,
                                     const SnapshotImpl::Table& saved) {
  std::vector<Reference> elements;
  elements.reserve(saved.elements.size());
  for (const SavedReference& element : saved.elements) elements.push_back(bits_of(element, instance));
  return table.restore(saved.contents, elements, instance);
}

bool restore_tables(InstanceImpl& instance, const SnapshotImpl& snapshot, bool all) {
  const auto tables = instance.own_tables();
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if ((all || tables[i]->has_changed()) && !restore_table(instance, *tables[i], snapshot.tables[i]))
      return false;
  }
  return true;
}

// By their names, unless it is known that they are in one order: another instance may have
// been given others.
void restore_states(const InstanceImpl& instance, const SnapshotImpl& snapshot, bool in_order) {
  if (in_order) {
    for (std::size_t i = 0; i < snapshot.states.size(); ++i)
      instance.states[i].second->restore(snapshot.states[i].second);
    return;
  }
  for (const auto& [name, saved] : snapshot.states) {
    const auto found = std::ranges::find(instance.states, name, &InstanceImpl::State::first);
    if (found != instance.states.end()) found->second->restore(saved);
  }
}

void set_baseline(InstanceImpl& instance, const SnapshotPointer& snapshot) {
  instance.baseline = snapshot;
  instance.has_states_in_order = std::ranges::equal(instance.states, snapshot->states, {},
                                                    &InstanceImpl::State::first, &SnapshotImpl::State::first);
}

// All but the memories. `all`: also tables that nobody has changed. False where there is no
// memory for a table.
bool restore_rest(InstanceImpl& instance, const SnapshotImpl& snapshot, bool all) {
  restore_globals(instance, snapshot);
  if (!restore_tables(instance, snapshot, all)) return false;
  if (all || instance.segments_changed)
    instance.set_dropped(snapshot.data_dropped, snapshot.elements_dropped);
  restore_states(instance, snapshot, !all && instance.has_states_in_order);
  // What calls have thrown would count for the next ones.
  if (auto& exceptions = instance.store().exceptions(); exceptions.size() > 0) exceptions.collect_at_rest();
  return true;
}

std::unexpected<Error> no_memory() {
  return base::fail(Phase::call, ErrorCode::out_of_resources, "no memory for a table as it was");
}

std::expected<void, Error> restore(InstanceImpl& instance, const SnapshotImpl& snapshot, bool all) {
  const auto memories = instance.own_memories();
  for (std::size_t i = 0; i < memories.size(); ++i) {
    if (auto ok = memories[i]->restore(snapshot.memories[i]); !ok) return ok;
  }
  if (!restore_rest(instance, snapshot, all)) return no_memory();
  return {};
}

}  // namespace

std::expected<void, Error> check_store(const StoreImpl& store, const SnapshotImpl& snapshot, Phase phase) {
  if (snapshot.only_store == nullptr || snapshot.only_store == store.budget()) return {};
  return base::fail(
      phase, ErrorCode::invalid_argument,
      "the snapshot has references (externref, or to functions that are not the instance's own) "
      "that mean something only in the store where it was taken");
}

std::expected<SnapshotPointer, Error> take_snapshot(InstanceImpl& instance) {
  if (instance.poisoned) return refuse("the instance stopped in an earlier call: there is no state to keep");
  if (!is_at_rest(instance)) return not_at_rest("kept in a snapshot");
  if (auto ok = check_imports(instance); !ok) return std::unexpected(std::move(ok.error()));
  if (auto ok = check_states(instance); !ok) return std::unexpected(std::move(ok.error()));
  auto snapshot = std::make_shared<SnapshotImpl>(instance.handle());
  References references(instance, *snapshot);
  instance.note_stops(instance.store().stops);
  instance.baseline = nullptr;  // until all is saved: each part then says what has changed since
  for (auto* step : {save_tables, save_globals}) {
    if (auto ok = step(instance, *snapshot, references); !ok) return std::unexpected(std::move(ok.error()));
  }
  if (auto ok = save_memories(instance, *snapshot); !ok) return std::unexpected(std::move(ok.error()));
  snapshot->data_dropped = instance.data_dropped();
  snapshot->elements_dropped = instance.elements_dropped();
  instance.segments_changed = false;
  for (const auto& [name, state] : instance.states) snapshot->states.emplace_back(name, state->save());
  set_baseline(instance, snapshot);
  return snapshot;
}

std::expected<void, Error> reset(InstanceImpl& instance, const SnapshotPointer& snapshot) {
  if (instance.baseline != snapshot) {
    if (&Access::of(snapshot->module) != &Access::of(instance.handle()))
      return refuse("the snapshot is of another module");
    if (auto ok = check_store(instance.store(), *snapshot, Phase::call); !ok) return ok;
    if (auto ok = check_imports(instance); !ok) return ok;
  }
  if (!is_at_rest(instance)) return not_at_rest("reset");
  // Half of it is no state: an error, or what is thrown, leaves it poisoned.
  instance.note_stops(instance.store().stops);
  instance.poisoned = true;
  const bool all = std::exchange(instance.is_half_reset, true) || instance.baseline != snapshot;
  if (auto ok = restore(instance, *snapshot, all); !ok) return ok;
  if (instance.baseline != snapshot) set_baseline(instance, snapshot);
  instance.is_half_reset = false;
  instance.poisoned = false;
  return {};
}

std::expected<void, Error> begin_as(InstanceImpl& instance, const SnapshotPointer& snapshot) {
  if (!restore_rest(instance, *snapshot, true)) return no_memory();
  set_baseline(instance, snapshot);
  return {};
}

}  // namespace tenon::runtime
