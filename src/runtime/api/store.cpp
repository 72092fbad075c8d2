// The public classes of tenon/store.hpp and tenon/module.hpp over the
// runtime's own.
#include <tenon/store.hpp>

#include <algorithm>
#include <new>
#include <utility>

#include "base/error.hpp"
#include "base/utf8.hpp"
#include "runtime/call/process_handlers.hpp"
#include "runtime/call/watchdog.hpp"
#include "runtime/instance/access.hpp"
#include "runtime/instance/builtins.hpp"
#include "runtime/instance/host_value.hpp"
#include "runtime/instance/instance.hpp"
#include "runtime/instance/instantiate.hpp"
#include "runtime/instance/module_impl.hpp"
#include "runtime/instance/snapshot.hpp"
#include "runtime/instance/store_impl.hpp"

namespace tenon {
namespace {

using runtime::Access;

std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return base::fail(Phase::call, code, std::move(message));
}

std::unexpected<Error> unknown_export(std::string_view kind, std::string_view name) {
  return fail(ErrorCode::unknown_export,
              "no " + std::string(kind) + " export named \"" + base::printable(name) + "\"");
}

std::unexpected<Error> wrong_value(const char* of, const std::string& why) {
  return fail(ErrorCode::signature_mismatch, "not a value of the " + std::string(of) + "'s type: " + why);
}

std::expected<std::span<const std::uint8_t>, Error> checked_bytes(const runtime::MemoryImpl& memory,
                                                                  std::uint64_t address, std::uint64_t size) {
  // Hosts pass on what guests say: this check is part of the sandbox.
  if (!memory.contains(address, size)) {
    return fail(ErrorCode::protocol, std::to_string(size) + " bytes at address " + std::to_string(address) +
                                         " are not inside the guest's memory of " +
                                         std::to_string(memory.size()) + " bytes");
  }
  return std::span(memory.record.base + address, size);
}

std::expected<std::span<std::uint8_t>, Error> checked_view(runtime::MemoryImpl& memory, std::uint64_t address,
                                                           std::uint64_t size) {
  if (auto inside = checked_bytes(memory, address, size); !inside)
    return std::unexpected(std::move(inside.error()));
  memory.note_write(address, size);  // whoever has it may write
  return std::span(memory.record.base + address, size);
}

runtime::MemoryImpl* main_memory_of(void* owner) {
  const auto* instance = static_cast<runtime::InstanceImpl*>(owner);
  return instance != nullptr ? instance->main_memory() : nullptr;
}

std::unexpected<Error> no_memory_of_caller() {
  return fail(ErrorCode::protocol, "the caller has no memory for host functions");
}

}  // namespace

std::expected<Module, Error> Module::load(const std::filesystem::path& path, const LoadOptions& options) {
  runtime::renew_handlers(runtime::Renew::all);
  try {
    auto loaded = runtime::LoadedModule::load(path, options);
    if (!loaded) return std::unexpected(std::move(loaded.error()));
    return Module(std::make_shared<const runtime::ModuleImpl>(std::move(*loaded)));
  } catch (const std::bad_alloc&) {
    return base::fail(Phase::load, ErrorCode::out_of_resources, path.string() + ": no memory to load it");
  }
}

const ArtifactInfo& Module::info() const { return impl_->loaded().info(); }
const SignatureInfo* Module::signature() const {
  const auto& signature = impl_->loaded().signature();
  return signature ? &*signature : nullptr;
}

MemoryType Memory::type() const { return impl_->type(); }
std::uint64_t Memory::size() const { return impl_->size(); }
std::span<std::uint8_t> Memory::data() const {
  impl_->note_unseen_writes();
  return {impl_->record.base, impl_->size()};
}
std::expected<std::span<std::uint8_t>, Error> Memory::view(std::uint64_t address, std::uint64_t size) const {
  return checked_view(*impl_, address, size);
}
std::expected<std::span<const std::uint8_t>, Error> Memory::bytes(std::uint64_t address,
                                                                  std::uint64_t size) const {
  return checked_bytes(*impl_, address, size);
}
std::optional<std::uint64_t> Memory::grow(std::uint64_t pages) const { return impl_->grow(pages); }

std::optional<SharedMemory> Memory::shared() const {
  if (!impl_->is_shared()) return std::nullopt;
  return SharedMemory(impl_->shared_from_this());
}

std::expected<SharedMemory, Error> SharedMemory::create(const MemoryType& type, std::uint64_t byte_limit) {
  if (!type.is_shared) {
    return fail(ErrorCode::invalid_argument, to_string(ExternType(type)) + " is not a shared memory's type");
  }
  auto memory = runtime::MemoryImpl::create(
      nullptr, type, std::make_shared<runtime::Budget>(byte_limit, "byte_limit of SharedMemory::create"));
  if (!memory) return std::unexpected(std::move(memory.error()));
  return SharedMemory(std::move(*memory));
}

MemoryType SharedMemory::type() const { return impl_->type(); }
std::uint64_t SharedMemory::size() const { return impl_->size(); }
std::span<std::uint8_t> SharedMemory::data() const { return {impl_->record.base, impl_->size()}; }
std::expected<std::span<std::uint8_t>, Error> SharedMemory::view(std::uint64_t address,
                                                                 std::uint64_t size) const {
  return checked_view(*impl_, address, size);
}
std::optional<std::uint64_t> SharedMemory::grow(std::uint64_t pages) const { return impl_->grow(pages); }

std::expected<std::uint32_t, Error> SharedMemory::notify(std::uint64_t address, std::uint32_t count) const {
  if (!impl_->contains(address, sizeof(std::uint32_t)) || address % sizeof(std::uint32_t) != 0) {
    return fail(ErrorCode::invalid_argument, "nobody can wait at address " + std::to_string(address) +
                                                 ", outside the memory or not aligned");
  }
  return impl_->notify(address, count);
}

void SharedMemory::end_waits() const { impl_->end_waits(); }

TableType Table::type() const { return impl_->type(); }
std::uint64_t Table::size() const { return impl_->record.size; }

std::expected<Value, Error> Table::get(std::uint64_t index) const {
  if (!impl_->contains(index, 1)) return fail(ErrorCode::invalid_argument, "table index out of bounds");
  return runtime::from_guest(impl_->element(), {impl_->get(index), 0});
}

std::expected<void, Error> Table::set(std::uint64_t index, const Value& value) const {
  if (!impl_->contains(index, 1)) return fail(ErrorCode::invalid_argument, "table index out of bounds");
  if (const auto why = runtime::why_not_of_type(value, impl_->element(), impl_->store()->record))
    return wrong_value("table", *why);
  impl_->set(index, runtime::to_guest(value).low);
  return {};
}

std::optional<std::uint64_t> Table::grow(std::uint64_t elements, const Value& value) const {
  if (runtime::why_not_of_type(value, impl_->element(), impl_->store()->record)) return std::nullopt;
  return impl_->grow(elements, runtime::to_guest(value).low);
}

GlobalType Global::type() const { return impl_->type; }
Value Global::get() const { return runtime::from_guest(impl_->type.value, runtime::read_cell(impl_->cell)); }

std::expected<void, Error> Global::set(const Value& value) const {
  if (!impl_->type.is_mutable) return fail(ErrorCode::invalid_argument, "the global is immutable");
  if (const auto why = runtime::why_not_of_type(value, impl_->type.value, impl_->store->record))
    return wrong_value("global", *why);
  runtime::write_cell(impl_->cell, runtime::to_guest(value));
  return {};
}

TagType Tag::type() const { return impl_->type(); }

std::optional<Extern> Instance::find_export(std::string_view name) const {
  const ExportType* item = impl_->module().find_export(name);
  if (item == nullptr) return std::nullopt;
  switch (kind_of(item->type)) {
    case ExternKind::function: return Access::make<Function>(&impl_->store(), impl_->function(item->index));
    case ExternKind::table: return Access::make<Table>(&impl_->table(item->index));
    case ExternKind::memory: return Access::make<Memory>(&impl_->memory(item->index));
    case ExternKind::global: return Access::make<Global>(&impl_->global(item->index));
    case ExternKind::tag: return Access::make<Tag>(&impl_->tag(item->index));
  }
  return std::nullopt;
}

std::expected<Function, Error> Instance::function(std::string_view name) const {
  const auto found = find_export(name);
  if (!found || !std::holds_alternative<Function>(*found)) return unknown_export("function", name);
  return std::get<Function>(*found);
}

std::expected<Memory, Error> Instance::memory(std::string_view name) const {
  const auto found = find_export(name);
  if (!found || !std::holds_alternative<Memory>(*found)) return unknown_export("memory", name);
  return std::get<Memory>(*found);
}

const Module& Instance::module() const { return impl_->handle(); }
bool Instance::poisoned() const { return impl_->poisoned; }

std::expected<Snapshot, Error> Instance::snapshot() const {
  try {
    auto taken = runtime::take_snapshot(*impl_);
    if (!taken) return std::unexpected(std::move(taken.error()));
    return Access::make<Snapshot>(std::move(*taken));
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::out_of_resources, "no memory for a snapshot");
  }
}

std::expected<void, Error> Instance::reset(const Snapshot& snapshot) const {
  try {
    return runtime::reset(*impl_, Access::of(snapshot));
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::out_of_resources, "no memory to reset an instance");
  }
}

const Module& Snapshot::module() const { return impl_->module; }

std::uint64_t Snapshot::memory_size() const {
  std::uint64_t size = 0;
  for (const auto& memory : impl_->memories) size += memory->size();
  return size;
}

SnapshotState::~SnapshotState() = default;

std::expected<std::span<std::uint8_t>, Error> Caller::memory(std::uint64_t address,
                                                             std::uint64_t size) const {
  runtime::MemoryImpl* const memory = main_memory_of(owner_);
  if (memory == nullptr) return no_memory_of_caller();
  return checked_view(*memory, address, size);
}

std::expected<std::span<const std::uint8_t>, Error> Caller::bytes(std::uint64_t address,
                                                                  std::uint64_t size) const {
  const runtime::MemoryImpl* const memory = main_memory_of(owner_);
  if (memory == nullptr) return no_memory_of_caller();
  return checked_bytes(*memory, address, size);
}

Instance Caller::instance() const {
  return Access::make<Instance>(static_cast<runtime::InstanceImpl*>(owner_));
}

Store::Store(StoreOptions options)
    : impl_(std::make_unique<runtime::StoreImpl>(options, runtime::builtins())) {
  runtime::renew_handlers(runtime::Renew::where_faults_have_gone);
}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&& other) noexcept {
  const Store earlier(std::move(*this));
  impl_ = std::move(other.impl_);
  return *this;
}
// Safety: the frames of a guest that runs need all that the store has.
Store::~Store() {
  const bool is_in_use = impl_ != nullptr && impl_->record.stack_limit != 0;
  if (is_in_use) static_cast<void>(impl_.release());
}

namespace {

// `what` is a module or a snapshot.
template <typename What>
std::expected<Instance, Error> instantiate(runtime::StoreImpl& store, const What& what,
                                           const Imports& imports) {
  if (const Error* const why = store.why_not_watched()) return std::unexpected(*why);
  const runtime::WatchedCall call(store.interruption);
  if (call.is_too_late()) return std::unexpected(store.interruption->error_of_batch());
  try {
    auto instance = runtime::instantiate(store, what, Access::of(imports));
    if (!instance) return std::unexpected(std::move(instance.error()));
    return Access::make<Instance>(*instance);
  } catch (const std::bad_alloc&) {
    return base::fail(Phase::instantiate, ErrorCode::out_of_resources, "no memory for an instance");
  }
}

}  // namespace

std::expected<Instance, Error> Store::instantiate(const Module& module, const Imports& imports) {
  return tenon::instantiate(*impl_, module, imports);
}

std::expected<Instance, Error> Store::instantiate(const Snapshot& snapshot, const Imports& imports) {
  return tenon::instantiate(*impl_, Access::of(snapshot), imports);
}

Function Store::create_function(const HostFunction& function) {
  return Access::make<Function>(impl_.get(), impl_->add_record(function));
}

std::expected<Memory, Error> Store::create_memory(const MemoryType& type) {
  auto memory = impl_->add_memory(type);
  if (!memory) return std::unexpected(std::move(memory.error()));
  return Access::make<Memory>(*memory);
}

std::expected<Table, Error> Store::create_table(const TableType& type, const Value& initial) {
  if (!is_reference(type.element)) {
    return fail(ErrorCode::invalid_argument, "a table has references, not " + to_string(type.element));
  }
  if (type.limits.maximum && *type.limits.maximum < type.limits.minimum)
    return fail(ErrorCode::invalid_argument,
                to_string(ExternType(type)) + " has a maximum below its minimum");
  if (const auto why = runtime::why_not_of_type(initial, type.element, impl_->record))
    return wrong_value("table", *why);
  auto table = impl_->add_table(type);
  if (!table) return std::unexpected(std::move(table.error()));
  (*table)->fill(0, runtime::to_guest(initial).low, (*table)->record.size);
  return Access::make<Table>(*table);
}

std::expected<Global, Error> Store::create_global(const GlobalType& type, const Value& initial) {
  if (const auto why = runtime::why_not_of_type(initial, type.value, impl_->record))
    return wrong_value("global", *why);
  return Access::make<Global>(impl_->add_global(type, initial));
}

Tag Store::create_tag(const TagType& type) { return Access::make<Tag>(impl_->add_tag(type)); }

std::uint64_t Store::fuel() const {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(impl_->record.fuel, 0));
}

std::expected<void, Error> Store::set_fuel(std::uint64_t fuel) {
  if (fuel < kUnlimitedFuel && impl_->has_unmetered()) {
    return fail(ErrorCode::invalid_argument,
                "an instance of the store does not count what it executes, so no fuel can limit it: compile "
                "its module with `tenon compile --metering`");
  }
  impl_->give_fuel(fuel);
  return {};
}

std::expected<InterruptHandle, Error> Store::interrupt_handle() const {
  if (impl_->interruption_owner() != nullptr)
    return Access::make<InterruptHandle>(impl_->interruption_owner());
  return base::fail(Phase::call, ErrorCode::invalid_argument,
                    "it was made with neither a timeout nor interruptible (PluginOptions, StoreOptions)");
}

std::expected<Function, Error> Store::function_from(FuncRef reference) {
  if (reference.is_null()) return fail(ErrorCode::invalid_argument, "a null reference is no function");
  if (detail::is_foreign(impl_.get(), reference)) {
    return fail(ErrorCode::invalid_argument, "the reference is to a function of another store");
  }
  return Access::make<Function>(impl_.get(), static_cast<const artifact::FunctionRecord*>(reference.record));
}

}  // namespace tenon
