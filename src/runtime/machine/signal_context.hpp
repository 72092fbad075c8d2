// What a signal handler reads and changes of the interrupted code. Each function is safe
// in signal handlers.
#pragma once

#include <ucontext.h>

#include <cstdint>
#include <optional>

#include <tenon/error.hpp>

#include "base/bytes.hpp"

namespace tenon::runtime {

[[nodiscard]] std::uintptr_t pc_of(const ucontext_t& context) noexcept;
[[nodiscard]] std::uintptr_t sp_of(const ucontext_t& context) noexcept;

// When the handler returns, execution goes on at `pc` with this stack pointer and with the
// flags that the C++ calling convention wants. All other registers stay as they are.
void resume_at(ucontext_t& context, const void* pc, void* sp) noexcept;

// A trap's number in a trapping instruction (tenon/error.hpp); nullopt for any other.
[[nodiscard]] constexpr std::optional<TrapCode> trap_code(std::uint32_t number) noexcept {
  if (number < static_cast<std::uint32_t>(TrapCode::unreachable) ||
      number > static_cast<std::uint32_t>(TrapCode::out_of_fuel)) {
    return std::nullopt;
  }
  return static_cast<TrapCode>(number);
}

// The code of the trapping instruction at the start of `code`, which is what LLVM
// makes of llvm.ubsantrap; nullopt where it is another instruction.
[[nodiscard]] std::optional<TrapCode> trap_at(base::ByteView code) noexcept;

}  // namespace tenon::runtime
