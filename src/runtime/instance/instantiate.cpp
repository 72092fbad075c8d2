#include "runtime/instance/instantiate.hpp"

#include <utility>

#include "artifact/cards.hpp"
#include "base/error.hpp"
#include "runtime/instance/access.hpp"
#include "runtime/instance/imports.hpp"
#include "runtime/instance/instance.hpp"
#include "runtime/instance/store_impl.hpp"

namespace tenon::runtime {
namespace {

using artifact::FunctionRecord;
using artifact::SegmentMode;

std::unexpected<Error> trapped(TrapCode code) {
  return std::unexpected(Error{.phase = Phase::instantiate,
                               .code = ErrorCode::trap,
                               .message = "trap: " + std::string(to_string(code)),
                               .trap = code});
}

std::expected<void, Error> check_limits(const StoreImpl& store, const Module& module) {
  if (store.instance_count() >= store.options().instance_limit) {
    return base::fail(Phase::instantiate, ErrorCode::out_of_resources,
                      "the store has " + std::to_string(store.instance_count()) +
                          " instances, its limit (StoreOptions::instance_limit)");
  }
  // Safety: a guest that does not count would keep to no limit.
  if (!store.limits_fuel() || module.info().metering) return {};
  return base::fail(Phase::link, ErrorCode::invalid_argument,
                    "the artifact does not count what it executes, so no fuel can limit it "
                    "(StoreOptions::fuel, PluginOptions::fuel_for_each_call, --fuel): compile it with "
                    "`tenon compile --metering`");
}

// The steps of section 4.5.4, each on an instance that the store already owns.
class Instantiation {
 public:
  Instantiation(StoreImpl& store, const Module& module)
      : store_(store), module_(Access::of(module).loaded()), instance_(*store.add_instance(module)) {}

  std::expected<InstanceImpl*, Error> run(const ResolvedImports& imports) {
    bind_imports(imports);
    if (auto ok = make_memories(); !ok) return std::unexpected(std::move(ok.error()));
    if (auto ok = make_tables(); !ok) return std::unexpected(std::move(ok.error()));
    make_tags();
    make_globals();
    if (auto ok = fill_tables(); !ok) return std::unexpected(std::move(ok.error()));
    if (auto ok = fill_memories(); !ok) return std::unexpected(std::move(ok.error()));
    if (auto ok = start(); !ok) return std::unexpected(std::move(ok.error()));
    return &instance_;
  }

  // In the state of a snapshot: nothing is filled, and nothing runs.
  std::expected<InstanceImpl*, Error> run(const ResolvedImports& imports, const SnapshotPointer& snapshot) {
    bind_imports(imports);
    if (auto ok = make_memories(snapshot->memories); !ok) return std::unexpected(std::move(ok.error()));
    if (auto ok = make_tables(); !ok) return std::unexpected(std::move(ok.error()));
    make_tags();
    make_globals();
    if (auto ok = begin_as(instance_, snapshot); !ok) return std::unexpected(std::move(ok.error()));
    return &instance_;
  }

 private:
  void bind_imports(const ResolvedImports& imports) {
    instance_.states = imports.states;
    for (const auto* definition : imports.definitions) {
      if (const auto* function = std::get_if<HostFunction>(definition)) {
        bind_host_function(*function);
      } else if (const auto* memory = std::get_if<SharedMemory>(definition)) {
        instance_.add_memory(store_.share(Access::of(*memory)));
      } else {
        std::visit([&](const auto& item) { bind(item); }, std::get<Extern>(*definition));
      }
    }
  }

  void bind_host_function(const HostFunction& function) {
    const std::uint32_t index = next_function_++;
    const ImportCode code = module_.import_code(index);
    const bool typed = Access::is_typed(function) && code.typed != nullptr;
    const std::uint32_t type_id = module_.type_ids()[module_.plan().function_types[index]];
    HostFunctionImpl* const bound = store_.add_host_function(function, type_id, typed, &instance_);
    instance_.set_imported_function(index, {.code = typed ? code.typed : code.array,
                                            .context = bound,
                                            .entry = enter_host_function,
                                            .type_id = type_id,
                                            .function_index = index,
                                            .tail_code = nullptr});
  }
  void bind(const Function& function) {
    instance_.set_imported_function(next_function_++, *Access::of(function));
  }
  void bind(const Table& table) { instance_.add_table(Access::of(table)); }
  void bind(const Memory& memory) {
    MemoryImpl* const impl = Access::of(memory);
    impl->note_other_writer();
    // Another store may have made it, and be destroyed before this one.
    instance_.add_memory(impl->is_shared() ? store_.share(impl->shared_from_this()) : impl);
  }
  void bind(const Global& global) { instance_.add_global(Access::of(global)); }
  void bind(const Tag& tag) { instance_.add_tag(Access::of(tag)); }

  std::expected<void, Error> make_memories() {
    // read_memory_start made sure that memory 0 is this module's own where it has an image.
    bool has_start = module_.plan().imported(ExternKind::memory) == 0;
    artifact::MemoriesWithCards rule;
    for (const MemoryType& type : module_.plan().memories) {
      MemoryStart start = std::exchange(has_start, false) ? module_.memory_start() : MemoryStart{};
      if (rule.has_cards(type)) start.card_shift = module_.card_shift();
      auto memory = store_.add_memory(type, &start, module_.slots());
      if (!memory) return std::unexpected(std::move(memory.error()));
      instance_.add_memory(*memory);
    }
    return {};
  }

  std::expected<void, Error> make_memories(std::span<const std::shared_ptr<const SavedMemory>> saved) {
    artifact::MemoriesWithCards rule;
    for (std::size_t i = 0; i < saved.size(); ++i) {
      MemoryType type = module_.plan().memories[i];
      type.limits.minimum = saved[i]->size() / kPageSize;
      MemoryStart start{.image = {}, .reservations = nullptr, .card_shift = 0};
      if (rule.has_cards(module_.plan().memories[i])) start.card_shift = module_.card_shift();
      // Without a file for it, such as where no descriptor is left, the bytes are copied.
      const auto image = saved[i]->image();
      if (image) {
        start.image = *image;
        start.reservations = saved[i]->reservations();
      }
      auto memory = store_.add_memory(type, &start, module_.slots());
      if (!memory) return std::unexpected(std::move(memory.error()));
      if (image) {
        (*memory)->begin_as(saved[i]);
      } else if (auto ok = (*memory)->restore(saved[i]); !ok) {
        return ok;
      }
      instance_.add_memory(*memory);
    }
    return {};
  }

  std::expected<void, Error> make_tables() {
    for (const artifact::TablePlan& plan : module_.plan().tables) {
      auto table = store_.add_table(plan.type);
      if (!table) return std::unexpected(std::move(table.error()));
      if (!plan.initial.empty()) {
        (*table)->fill(0, evaluate(plan.initial, instance_).low, (*table)->record.size);
      }
      instance_.add_table(*table);
    }
    return {};
  }

  void make_tags() {
    const auto& plan = module_.plan();
    for (std::uint32_t type : plan.tags) instance_.add_tag(store_.add_tag({plan.types[type]}));
  }

  void make_globals() {
    for (const artifact::GlobalPlan& plan : module_.plan().globals) {
      const GuestBits value = evaluate(plan.initial, instance_);
      write_cell(instance_.add_own_global(plan.type)->cell, value);
    }
  }

  // Segments take effect one after the other: what an earlier one wrote stays
  // when a later one is out of bounds.
  std::expected<void, Error> fill_tables() {
    const auto& segments = module_.plan().elements;
    for (std::uint32_t i = 0; i < segments.size(); ++i) {
      if (segments[i].mode == SegmentMode::passive) continue;
      if (segments[i].mode == SegmentMode::active) {
        TableImpl& table = instance_.table(segments[i].table);
        const std::uint64_t at = evaluate(segments[i].offset, instance_).low;
        if (!table.contains(at, segments[i].elements.size()))
          return trapped(TrapCode::out_of_bounds_table_access);
        table.take(at, segments[i].elements, instance_);
      }
      instance_.drop_elements(i);
    }
    return {};
  }

  std::expected<void, Error> fill_memories() {
    for (const std::uint32_t index : module_.data_to_write()) {
      const artifact::DataPlan& segment = module_.plan().data[index];
      MemoryImpl& memory = instance_.memory(segment.memory);
      const std::uint64_t at = evaluate(segment.offset, instance_).low;
      if (!memory.contains(at, segment.size)) return trapped(TrapCode::out_of_bounds_memory_access);
      memory.write(at, module_.data(segment));
    }
    return {};
  }

  std::expected<void, Error> start() {
    if (!module_.plan().start) return {};
    const std::uint32_t index = *module_.plan().start;
    FunctionRecord record;
    if (index < module_.counts().imported_functions) {
      record = *instance_.function(index);
    } else {
      record = module_.record_for(index);
      record.context = instance_.record();
    }
    std::uint64_t slots[1] = {0};  // a start function has neither parameters nor results
    const base::Failure error = detail::invoke(&store_, &record, slots);
    if (error == nullptr) return {};
    error->phase = Phase::instantiate;
    return std::unexpected(std::move(*error));
  }

  StoreImpl& store_;
  const LoadedModule& module_;
  InstanceImpl& instance_;
  std::uint32_t next_function_ = 0;
};

}  // namespace

std::expected<InstanceImpl*, Error> instantiate(StoreImpl& store, const Module& module,
                                                const Definitions& imports) {
  if (auto ok = check_limits(store, module); !ok) return std::unexpected(std::move(ok.error()));
  auto resolved = resolve_imports(store, Access::of(module), imports);
  if (!resolved) return std::unexpected(std::move(resolved.error()));
  return Instantiation(store, module).run(*resolved);
}

std::expected<InstanceImpl*, Error> instantiate(StoreImpl& store, const SnapshotPointer& snapshot,
                                                const Definitions& imports) {
  if (auto ok = check_limits(store, snapshot->module); !ok) return std::unexpected(std::move(ok.error()));
  if (auto ok = check_store(store, *snapshot, Phase::instantiate); !ok)
    return std::unexpected(std::move(ok.error()));
  auto resolved = resolve_imports(store, Access::of(snapshot->module), imports);
  if (!resolved) return std::unexpected(std::move(resolved.error()));
  return Instantiation(store, snapshot->module).run(*resolved, snapshot);
}

}  // namespace tenon::runtime
