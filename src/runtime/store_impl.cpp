#include "runtime/store_impl.hpp"

#include <algorithm>

#include "runtime/activation.hpp"

namespace tenon::runtime {
namespace {

// Between what a trap's bookkeeping needs and what no thread has.
constexpr std::size_t kLeastReserve = 32 * 1024;
constexpr std::size_t kMostReserve = std::size_t{1} << 30;

}  // namespace

StoreImpl::StoreImpl(const StoreOptions& options)
    : options_(options),
      budget_(std::make_shared<Budget>(options.memory_limit, "StoreOptions::memory_limit, --memory-limit")) {
  record.builtins = &builtins();
  stack_reserve = std::clamp(options.host_stack_reserve, kLeastReserve, kMostReserve);
}

InstanceImpl* StoreImpl::add_instance(const Module& module) {
  // Safety: first the instance, which keeps the module: its text must not stay
  // listed where there was no memory for that.
  InstanceImpl* const made = instances_.emplace_back(std::make_unique<InstanceImpl>(this, module)).get();
  const LoadedModule* loaded = module.impl().get();
  if (loaded->makes_tail_calls() && tail_arguments_ == nullptr) {
    tail_arguments_ = std::make_unique_for_overwrite<std::uint64_t[]>(artifact::kTailArgumentSlots);
    record.tail_arguments = tail_arguments_.get();
  }
  if (!std::ranges::any_of(texts_, [&](const LoadedText& text) { return text.module == loaded; })) {
    texts_.push_back({loaded->text(), loaded});
  }
  return made;
}

std::expected<MemoryImpl*, Error> StoreImpl::add_memory(const MemoryType& type, const MemoryStart* start) {
  auto memory = MemoryImpl::create(this, type, budget_, start);
  if (!memory) return std::unexpected(std::move(memory.error()));
  return memories_.emplace_back(std::move(*memory)).get();
}

MemoryImpl* StoreImpl::share(const std::shared_ptr<MemoryImpl>& memory) {
  if (std::ranges::find(memories_, memory) == memories_.end()) memories_.push_back(memory);
  return memory.get();
}

std::expected<TableImpl*, Error> StoreImpl::add_table(const TableType& type) {
  types_used_.add(type.element);
  auto table = TableImpl::create(this, type, options_.table_limit, *budget_);
  if (!table) return std::unexpected(std::move(table.error()));
  return tables_.emplace_back(std::move(*table)).get();
}

TagImpl* StoreImpl::add_tag(const TagType& type) {
  return &tags_.emplace_back(this, types_used_.add(type.type));
}

GlobalImpl* StoreImpl::add_global(const GlobalType& type, const Value& initial) {
  types_used_.add(type.value);
  GlobalImpl& global = globals_.emplace_back();
  global.store = this;
  global.type = type;
  global.cell = global.own_cell;
  write_cell(global.cell, to_guest(initial));
  return &global;
}

HostFunctionImpl* StoreImpl::add_host_function(const HostFunction& function, std::uint32_t type_id,
                                               bool typed, InstanceImpl* caller) {
  HostFunctionImpl& bound = host_functions_.emplace_back();
  bound.code = typed ? function.code() : function.array_code();
  bound.store_record = &record;
  bound.callable = function.callable().get();
  bound.caller = caller;
  bound.array_code = function.array_code();
  bound.type_id = type_id;
  bound.owner = function.callable();
  return &bound;
}

const artifact::FunctionRecord* StoreImpl::add_record(const HostFunction& function) {
  HostFunctionImpl* const bound =
      add_host_function(function, types_used_.add(function.type()), false, nullptr);
  return &records_.emplace_back(artifact::FunctionRecord{.code = tenon_host_thunk,
                                                         .context = bound,
                                                         .entry = enter_host_function,
                                                         .type_id = bound->type_id,
                                                         .function_index = 0,
                                                         .tail_code = nullptr});
}

bool StoreImpl::in_guest_text(std::uintptr_t pc) const {
  const AddressRange stubs{reinterpret_cast<std::uintptr_t>(&tenon_guest_stubs),
                           reinterpret_cast<std::uintptr_t>(&tenon_guest_stubs_end)};
  return stubs.contains(pc) || module_at(pc) != nullptr;
}

const LoadedModule* StoreImpl::module_at(std::uintptr_t pc) const {
  for (const LoadedText& text : texts_) {
    if (text.range.contains(pc)) return text.module;
  }
  return nullptr;
}

bool StoreImpl::in_memory_reservation(std::uintptr_t address) const {
  return std::ranges::any_of(memories_,
                             [&](const auto& memory) { return memory->reservation_contains(address); });
}

}  // namespace tenon::runtime
