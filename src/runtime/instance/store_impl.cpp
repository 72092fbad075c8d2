#include "runtime/instance/store_impl.hpp"

#include <algorithm>
#include <atomic>

#include "runtime/call/watchdog.hpp"
#include "runtime/machine/enter.hpp"

namespace tenon::runtime {
namespace {

// Safety: the handler of interrupts, which may come at any time, reads no list that is
// about to move.
class ChangesGuestCode {
 public:
  explicit ChangesGuestCode(StoreHead& store) : store_(store) {
    store_.guest_code_changes = true;
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  ~ChangesGuestCode() {
    std::atomic_signal_fence(std::memory_order_seq_cst);
    store_.guest_code_changes = false;
  }
  ChangesGuestCode(const ChangesGuestCode&) = delete;
  ChangesGuestCode& operator=(const ChangesGuestCode&) = delete;

 private:
  StoreHead& store_;
};

}  // namespace

namespace {

// The least is what a trap's bookkeeping needs, the most is more than any thread has.
constexpr std::size_t kLeastReserve = 32 * 1024;
constexpr std::size_t kMostReserve = std::size_t{1} << 30;
// What a guest has beside the reserve, at least; and more than any thread has.
constexpr std::size_t kLeastStack = 64 * 1024;
constexpr std::size_t kMostStack = std::size_t{1} << 40;
constexpr std::size_t kStackAlignment = 16;

bool holds_exceptions(ValueType type) { return general_type(type) == ValueType::exnref; }

}  // namespace

StoreImpl::StoreImpl(const StoreOptions& options, const artifact::Builtins& builtins)
    : options_(options),
      budget_(std::make_shared<Budget>(options.memory_limit, "StoreOptions::memory_limit, --memory-limit")) {
  record.builtins = &builtins;
  give_fuel(options.fuel);
  poison_after_trap = options.poison_after_trap;
  stack_reserve = std::clamp(options.host_stack_reserve, kLeastReserve, kMostReserve);
  stack_size = std::clamp(options.stack_limit, stack_reserve + kLeastStack, kMostStack) / kStackAlignment *
               kStackAlignment;
  if (options.timeout.count() != 0 || options.interruptible) make_interruptible();
}

StoreImpl::~StoreImpl() {
  for (const auto& instance : instances_) instance->note_stops(stops);
}

void StoreImpl::make_interruptible() {
  if (options_.timeout.count() < 0) {
    why_not_watched_ = std::make_unique<const Error>(Error{
        .phase = Phase::instantiate,
        .code = ErrorCode::invalid_argument,
        .message = "the timeout is negative (PluginOptions::timeout, StoreOptions::timeout); 0 is any time"});
    return;
  }
  if (auto watched = Watchdog::of_process().prepare(); !watched) {
    why_not_watched_ = std::make_unique<const Error>(std::move(watched.error()));
    return;
  }
  interruption_ = std::make_shared<Interruption>(options_.timeout);
  interruption = interruption_.get();
}

void StoreImpl::give_fuel(std::uint64_t fuel) {
  fuel_given = std::min(fuel, kUnlimitedFuel);
  record.fuel = static_cast<std::int64_t>(fuel_given);
}

InstanceImpl* StoreImpl::add_instance(const Module& module) {
  // Safety: the instance comes first, since it keeps the module. If there were no memory
  // for it, the module's text must not stay listed.
  InstanceImpl* const made =
      instances_.emplace_back(std::make_unique<InstanceImpl>(this, &record, module)).get();
  const LoadedModule* loaded = &Access::of(module).loaded();
  has_unmetered_ |= !loaded->info().metering;
  if (loaded->makes_tail_calls() && tail_arguments_ == nullptr) {
    tail_arguments_ = std::make_unique_for_overwrite<std::uint64_t[]>(artifact::kTailArgumentSlots);
    record.tail_arguments = tail_arguments_.get();
  }
  if (!std::ranges::any_of(texts_, [&](const CodeRange& text) { return text.module == loaded; })) {
    const ChangesGuestCode guard(*this);
    texts_.push_back({loaded->text(), loaded});
    guest_code.texts = texts_;
  }
  return made;
}

std::expected<MemoryImpl*, Error> StoreImpl::add_memory(const MemoryType& type, const MemoryStart* start,
                                                        const std::shared_ptr<SlotArena>& slots) {
  auto memory = MemoryImpl::create(this, type, budget_, start, slots);
  if (!memory) return std::unexpected(std::move(memory.error()));
  return keep(std::move(*memory));
}

MemoryImpl* StoreImpl::share(const std::shared_ptr<MemoryImpl>& memory) {
  if (std::ranges::find(memories_, memory) == memories_.end()) keep(memory);
  return memory.get();
}

MemoryImpl* StoreImpl::keep(std::shared_ptr<MemoryImpl> memory) {
  // Safety: in this order, since a list may find no memory to grow. The signal handler
  // must know of each memory that guests may have.
  const ChangesGuestCode guard(*this);
  reservations_.push_back(memory->reservation());
  guest_code.reservations = reservations_;
  return memories_.emplace_back(std::move(memory)).get();
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
  bound.code = typed ? Access::code(function) : Access::array_code(function);
  bound.store_record = &record;
  bound.callable = Access::callable(function).get();
  bound.caller = caller;
  bound.array_code = Access::array_code(function);
  bound.type_id = type_id;
  bound.owner = Access::callable(function);
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

void StoreImpl::mark_exceptions(ExceptionHeap& heap) const {
  for (const auto& table : tables_) {
    if (!holds_exceptions(table->element())) continue;
    heap.mark({static_cast<const std::uint64_t*>(table->record.entries), table->record.size});
  }
  auto mark_global = [&](const GlobalImpl& global) {
    const std::uint64_t bits = read_cell(global.cell).low;
    if (holds_exceptions(global.type.value)) heap.mark({&bits, 1});
  };
  for (const auto& global : globals_) mark_global(global);
  for (const auto& instance : instances_) {
    for (const auto& global : instance->own_globals()) mark_global(global);
  }
}

}  // namespace tenon::runtime
