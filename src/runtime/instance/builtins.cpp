// The functions of the runtime that guest code calls (artifact/abi.hpp, Builtins). The
// operands come from the guest: each is checked here, in 64 bits and without a sum that
// could overflow, before anything is touched. Guest code reaches these through stubs in
// the machine's assembly, which check the stack first.
#include "runtime/instance/builtins.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "runtime/call/activation.hpp"
#include "runtime/call/interruption.hpp"
#include "runtime/call/raise.hpp"
#include "runtime/instance/guarded.hpp"
#include "runtime/instance/instance.hpp"
#include "runtime/instance/store_impl.hpp"

namespace tenon::runtime {
namespace {

using artifact::InstanceRecord;

MemoryImpl& memory_of(InstanceRecord* record, std::uint32_t index) { return owner_of(record).memory(index); }

// Bulk operations stay inside the sandbox because of these lines.
void check_memory(const MemoryImpl& memory, std::uint64_t address, std::uint64_t size) {
  if (!memory.contains(address, size)) raise_trap(TrapCode::out_of_bounds_memory_access);
}
void check_table(const TableImpl& table, std::uint64_t index, std::uint64_t size) {
  if (!table.contains(index, size)) raise_trap(TrapCode::out_of_bounds_table_access);
}
void check_segment(std::uint64_t available, std::uint64_t from, std::uint64_t size, TrapCode code) {
  if (from > available || size > available - from) raise_trap(code);
}

// Returns address + offset, aligned and inside the memory. The check of alignment comes
// first, also for a sum that wraps around: `size` is a power of two.
std::uint64_t check_atomic(const MemoryImpl& memory, std::uint64_t address, std::uint64_t offset,
                           std::uint64_t size) {
  if ((address + offset) % size != 0) raise_trap(TrapCode::unaligned_atomic);
  if (address > UINT64_MAX - offset) raise_trap(TrapCode::out_of_bounds_memory_access);
  check_memory(memory, address + offset, size);
  return address + offset;
}

// Does `work(from, size)` for all of the size, piece by piece, and looks in between whether
// the call was asked to end: that many bytes take a second. From the back where `backwards`.
template <typename Work>
void in_pieces(std::uint64_t size, std::uint64_t largest, bool backwards, Work work) {
  if (size <= largest || !this_call_may_be_ended()) return work(0, size);
  for (std::uint64_t done = 0; done < size;) {
    if (this_call_is_to_end()) raise_trap(kInterrupted);
    const std::uint64_t piece = std::min(largest, size - done);
    work(backwards ? size - done - piece : done, piece);
    done += piece;
  }
}

constexpr std::uint64_t kBytesAtOnce = 4 << 20;  // about a millisecond
constexpr std::uint64_t kElementsAtOnce = 1 << 16;

base::Failure interrupted() {
  return base::failure(Phase::call, ErrorCode::interrupted, "the host has ended the waiting in this memory");
}

// No object of this function needs a destructor when a trap ends it.
std::uint32_t wait(InstanceRecord* instance, std::uint32_t index, std::uint64_t address, std::uint64_t offset,
                   std::uint64_t expected, unsigned size, std::int64_t timeout_ns) {
  MemoryImpl& memory = memory_of(instance, index);
  const std::uint64_t at = check_atomic(memory, address, offset, size);
  if (!memory.is_shared()) raise_trap(TrapCode::expected_shared_memory);
  const auto is_called_off = this_call_may_be_ended() ? this_call_is_to_end : nullptr;
  const WaitResult result = memory.wait(at, expected, size, timeout_ns, is_called_off);
  if (result == WaitResult::called_off) raise_trap(kInterrupted);
  if (result == WaitResult::ended) detail::raise_host_error(interrupted());
  return static_cast<std::uint32_t>(result);
}

}  // namespace

extern "C" {
#define TENON_BUILTIN [[gnu::visibility("hidden")]]

TENON_BUILTIN std::uint64_t tenon_builtin_memory_grow(InstanceRecord* instance, std::uint32_t index,
                                                      std::uint64_t delta_pages) {
  return guarded(instance, [&] {
    owner_of(instance).store().ballast.take_up();
    return memory_of(instance, index).grow(delta_pages).value_or(artifact::kGrowFailed);
  });
}

TENON_BUILTIN void tenon_builtin_memory_fill(InstanceRecord* instance, std::uint32_t index, std::uint64_t to,
                                             std::uint32_t byte, std::uint64_t size) {
  return guarded(instance, [&] {
    MemoryImpl& memory = memory_of(instance, index);
    check_memory(memory, to, size);
    in_pieces(size, kBytesAtOnce, false, [&](std::uint64_t at, std::uint64_t piece) {
      memory.fill(to + at, static_cast<std::uint8_t>(byte), piece);
    });
  });
}

TENON_BUILTIN void tenon_builtin_memory_copy(InstanceRecord* instance, std::uint32_t to_index,
                                             std::uint32_t from_index, std::uint64_t to, std::uint64_t from,
                                             std::uint64_t size) {
  return guarded(instance, [&] {
    MemoryImpl& target = memory_of(instance, to_index);
    const MemoryImpl& source = memory_of(instance, from_index);
    check_memory(target, to, size);
    check_memory(source, from, size);
    in_pieces(size, kBytesAtOnce, to > from,
              [&](std::uint64_t at, std::uint64_t piece) { target.copy(to + at, source, from + at, piece); });
  });
}

TENON_BUILTIN void tenon_builtin_memory_init(InstanceRecord* instance, std::uint32_t index,
                                             std::uint32_t segment, std::uint64_t to, std::uint64_t from,
                                             std::uint64_t size) {
  return guarded(instance, [&] {
    MemoryImpl& memory = memory_of(instance, index);
    const base::ByteView bytes = owner_of(instance).data_segment(segment);
    check_memory(memory, to, size);
    check_segment(bytes.size(), from, size, TrapCode::out_of_bounds_memory_access);
    in_pieces(size, kBytesAtOnce, false, [&](std::uint64_t at, std::uint64_t piece) {
      memory.write(to + at, bytes.subspan(from + at, piece));
    });
  });
}

TENON_BUILTIN void tenon_builtin_data_drop(InstanceRecord* instance, std::uint32_t segment) {
  return guarded(instance, [&] { owner_of(instance).drop_data(segment); });
}

TENON_BUILTIN void tenon_builtin_table_set(InstanceRecord* instance, std::uint32_t index, std::uint64_t at,
                                           std::uint64_t reference) {
  return guarded(instance, [&] {
    TableImpl& table = owner_of(instance).table(index);
    check_table(table, at, 1);
    table.set(at, reference);
  });
}

TENON_BUILTIN std::uint64_t tenon_builtin_table_grow(InstanceRecord* instance, std::uint32_t index,
                                                     std::uint64_t delta, std::uint64_t reference) {
  return guarded(instance, [&] {
    owner_of(instance).store().ballast.take_up();
    return owner_of(instance).table(index).grow(delta, reference).value_or(artifact::kGrowFailed);
  });
}

TENON_BUILTIN void tenon_builtin_table_fill(InstanceRecord* instance, std::uint32_t index, std::uint64_t to,
                                            std::uint64_t reference, std::uint64_t size) {
  return guarded(instance, [&] {
    TableImpl& table = owner_of(instance).table(index);
    check_table(table, to, size);
    in_pieces(size, kElementsAtOnce, false,
              [&](std::uint64_t at, std::uint64_t piece) { table.fill(to + at, reference, piece); });
  });
}

TENON_BUILTIN void tenon_builtin_table_copy(InstanceRecord* instance, std::uint32_t to_index,
                                            std::uint32_t from_index, std::uint64_t to, std::uint64_t from,
                                            std::uint64_t size) {
  return guarded(instance, [&] {
    TableImpl& target = owner_of(instance).table(to_index);
    TableImpl& source = owner_of(instance).table(from_index);
    check_table(target, to, size);
    check_table(source, from, size);
    in_pieces(size, kElementsAtOnce, to > from,
              [&](std::uint64_t at, std::uint64_t piece) { target.copy(to + at, source, from + at, piece); });
  });
}

TENON_BUILTIN void tenon_builtin_table_init(InstanceRecord* instance, std::uint32_t index,
                                            std::uint32_t segment, std::uint64_t to, std::uint64_t from,
                                            std::uint64_t size) {
  return guarded(instance, [&] {
    InstanceImpl& owner = owner_of(instance);
    TableImpl& table = owner.table(index);
    const auto elements = owner.element_segment(segment);
    check_table(table, to, size);
    check_segment(elements.size(), from, size, TrapCode::out_of_bounds_table_access);
    in_pieces(size, kElementsAtOnce, false, [&](std::uint64_t at, std::uint64_t piece) {
      table.take(to + at, elements.subspan(from + at, piece), owner);
    });
  });
}

TENON_BUILTIN void tenon_builtin_element_drop(InstanceRecord* instance, std::uint32_t segment) {
  return guarded(instance, [&] { owner_of(instance).drop_elements(segment); });
}

TENON_BUILTIN std::uint32_t tenon_builtin_table_element(InstanceRecord* instance, std::uint32_t index,
                                                        std::uint64_t at) {
  return guarded(instance, [&] {
    TableImpl& table = owner_of(instance).table(index);
    check_table(table, at, 1);
    const auto* const record = reinterpret_cast<const artifact::FunctionRecord*>(table.get(at));
    return record != nullptr ? record->type_id : artifact::kNullTypeId;
  });
}

TENON_BUILTIN void tenon_builtin_function_reference(InstanceRecord* instance, std::uint32_t function) {
  return guarded(instance, [&] { static_cast<void>(owner_of(instance).function(function)); });
}

TENON_BUILTIN std::uint32_t tenon_builtin_memory_atomic_notify(InstanceRecord* instance, std::uint32_t index,
                                                               std::uint64_t address, std::uint64_t offset,
                                                               std::uint32_t count) {
  return guarded(instance, [&] {
    MemoryImpl& memory = memory_of(instance, index);
    return memory.notify(check_atomic(memory, address, offset, sizeof(std::uint32_t)), count);
  });
}

TENON_BUILTIN std::uint32_t tenon_builtin_memory_atomic_wait32(InstanceRecord* instance, std::uint32_t index,
                                                               std::uint64_t address, std::uint64_t offset,
                                                               std::uint32_t expected,
                                                               std::int64_t timeout_ns) {
  return guarded(instance, [&] {
    return wait(instance, index, address, offset, expected, sizeof(expected), timeout_ns);
  });
}

TENON_BUILTIN std::uint32_t tenon_builtin_memory_atomic_wait64(InstanceRecord* instance, std::uint32_t index,
                                                               std::uint64_t address, std::uint64_t offset,
                                                               std::uint64_t expected,
                                                               std::int64_t timeout_ns) {
  return guarded(instance, [&] {
    return wait(instance, index, address, offset, expected, sizeof(expected), timeout_ns);
  });
}

// In throw.cpp.
TENON_BUILTIN artifact::ExceptionRecord* tenon_stub_exception_new(InstanceRecord* instance,
                                                                  std::uint32_t tag);
TENON_BUILTIN void tenon_stub_throw_exception(InstanceRecord* instance, artifact::ExceptionRecord* exception);

#undef TENON_BUILTIN

// The stubs have the same types as what they lead to.
#define TENON_STUB(name) [[gnu::visibility("hidden")]] decltype(tenon_builtin_##name) tenon_stub_##name
TENON_STUB(memory_grow);
TENON_STUB(memory_fill);
TENON_STUB(memory_copy);
TENON_STUB(memory_init);
TENON_STUB(data_drop);
TENON_STUB(table_set);
TENON_STUB(table_grow);
TENON_STUB(table_fill);
TENON_STUB(table_copy);
TENON_STUB(table_init);
TENON_STUB(element_drop);
TENON_STUB(table_element);
TENON_STUB(function_reference);
TENON_STUB(memory_atomic_notify);
TENON_STUB(memory_atomic_wait32);
TENON_STUB(memory_atomic_wait64);
#undef TENON_STUB
}

const artifact::Builtins& builtins() {
  static constexpr artifact::Builtins kBuiltins{
      .memory_grow = tenon_stub_memory_grow,
      .memory_fill = tenon_stub_memory_fill,
      .memory_copy = tenon_stub_memory_copy,
      .memory_init = tenon_stub_memory_init,
      .data_drop = tenon_stub_data_drop,
      .table_set = tenon_stub_table_set,
      .table_grow = tenon_stub_table_grow,
      .table_fill = tenon_stub_table_fill,
      .table_copy = tenon_stub_table_copy,
      .table_init = tenon_stub_table_init,
      .element_drop = tenon_stub_element_drop,
      .table_element = tenon_stub_table_element,
      .function_reference = tenon_stub_function_reference,
      .exception_new = tenon_stub_exception_new,
      .throw_exception = tenon_stub_throw_exception,
      .memory_atomic_notify = tenon_stub_memory_atomic_notify,
      .memory_atomic_wait32 = tenon_stub_memory_atomic_wait32,
      .memory_atomic_wait64 = tenon_stub_memory_atomic_wait64,
  };
  return kBuiltins;
}

}  // namespace tenon::runtime
