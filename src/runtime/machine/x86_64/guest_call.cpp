#include "runtime/machine/guest_call.hpp"

#include <cstddef>
#include <cstring>

#include "artifact/abi.hpp"
#include "artifact/slots.hpp"
#include "machine_offsets.h"

namespace tenon::runtime {

using artifact::slots_of;

// The registers and stack of a swiftcc call on x86-64, as tenon_host_thunk
// saved them; results go back through the same fields.
struct GuestCall {
  std::uint64_t integers[6];     // rdi, rsi, rdx, rcx, r8, r9; results: rax, rdx, rcx, r8
  std::uint8_t* result_pointer;  // rax: where more results than fit in registers go
  const std::uint8_t* stack;
  std::uint64_t vectors[8][2];  // xmm0 to xmm7; results: xmm0 to xmm3
};
static_assert(offsetof(GuestCall, integers) == TENON_GUEST_CALL_INTEGERS);
static_assert(offsetof(GuestCall, result_pointer) == TENON_GUEST_CALL_RESULT_POINTER);
static_assert(offsetof(GuestCall, stack) == TENON_GUEST_CALL_STACK);
static_assert(offsetof(GuestCall, vectors) == TENON_GUEST_CALL_VECTORS);
static_assert(sizeof(GuestCall) == TENON_GUEST_CALL_SIZE);

namespace {

constexpr unsigned kIntegerArguments = 6, kVectorArguments = 8, kRegisterResults = 4;

bool in_vector_register(ValueType type) {
  return type == ValueType::f32 || type == ValueType::f64 || type == ValueType::v128;
}
std::size_t size_of(ValueType type) {
  switch (type) {
    case ValueType::i32:
    case ValueType::f32: return 4;
    case ValueType::v128: return 16;
    default: return 8;
  }
}
std::size_t align_up(std::size_t value, std::size_t to) { return (value + to - 1) / to * to; }

bool returns_in_memory(const FunctionType& type) { return type.results.size() > artifact::kMaxDirectResults; }

// Hands out the places for results, one after the other. An f32 or f64 that finds no
// vector register travels as an integer (artifact/abi.hpp), as the calling guest expects.
struct ResultRegisters {
  unsigned integers = 0, vectors = 0;  // so far

  [[nodiscard]] bool next_is_vector(ValueType type) const {
    return in_vector_register(type) && (vectors < kRegisterResults || type == ValueType::v128);
  }
};

// Safety: where the results do not fit, the guest has put a pointer to room for them into
// rax. Where they fit, rax holds whatever the guest likes, and nothing may be written
// there.
bool fits_in_registers(const FunctionType& type) {
  ResultRegisters used;
  for (ValueType result : type.results) ++(used.next_is_vector(result) ? used.vectors : used.integers);
  return used.integers <= kRegisterResults && used.vectors <= kRegisterResults;
}

}  // namespace

void read_arguments(const GuestCall& call, const FunctionType& type, std::uint64_t* slots) noexcept {
  unsigned integers = returns_in_memory(type) ? 1 : 0, vectors = 0;
  std::size_t on_stack = 0;
  for (ValueType parameter : type.parameters) {
    const bool vector = in_vector_register(parameter);
    const std::size_t bytes = 8 * slots_of(parameter);
    if (vector && vectors < kVectorArguments) {
      std::memcpy(slots, call.vectors[vectors++], bytes);
    } else if (!vector && integers < kIntegerArguments) {
      *slots = call.integers[integers++];
    } else {
      on_stack = align_up(on_stack, bytes);
      std::memcpy(slots, call.stack + on_stack, bytes);
      on_stack += bytes;
    }
    slots += slots_of(parameter);
  }
}

void write_results(GuestCall& call, const FunctionType& type, const std::uint64_t* slots) noexcept {
  if (returns_in_memory(type)) {
    std::memcpy(reinterpret_cast<void*>(call.integers[0]), slots, 8 * slots_of(type.results));
    return;
  }
  const bool in_registers = fits_in_registers(type);
  ResultRegisters used;
  std::size_t offset = 0;
  for (ValueType result : type.results) {
    if (!in_registers) {
      offset = align_up(offset, size_of(result));
      std::memcpy(call.result_pointer + offset, slots, size_of(result));
      offset += size_of(result);
    } else if (used.next_is_vector(result)) {
      std::memcpy(call.vectors[used.vectors++], slots, 8 * slots_of(result));
    } else {
      call.integers[used.integers++] = *slots;
    }
    slots += slots_of(result);
  }
  if (!in_registers) call.integers[0] = reinterpret_cast<std::uint64_t>(call.result_pointer);
}

}  // namespace tenon::runtime
