#include "runtime/machine/signal_context.hpp"

#include <cstring>

namespace tenon::runtime {

std::uintptr_t pc_of(const ucontext_t& context) noexcept {
  return static_cast<std::uintptr_t>(context.uc_mcontext.gregs[REG_RIP]);
}

std::uintptr_t sp_of(const ucontext_t& context) noexcept {
  return static_cast<std::uintptr_t>(context.uc_mcontext.gregs[REG_RSP]);
}

void resume_at(ucontext_t& context, const void* pc, void* sp) noexcept {
  constexpr greg_t kDirectionFlag = 0x400;
  auto& registers = context.uc_mcontext.gregs;
  registers[REG_RIP] = reinterpret_cast<greg_t>(pc);
  registers[REG_RSP] = reinterpret_cast<greg_t>(sp);
  registers[REG_EFL] &= ~kDirectionFlag;
}

// `ud1l CODE(%eax), %eax`
std::optional<TrapCode> trap_at(base::ByteView code) noexcept {
  constexpr std::uint8_t kOpcode[] = {0x67, 0x0F, 0xB9, 0x40};
  if (code.size() <= sizeof(kOpcode) || std::memcmp(code.data(), kOpcode, sizeof(kOpcode)) != 0)
    return std::nullopt;
  return trap_code(code[sizeof(kOpcode)]);
}

}  // namespace tenon::runtime
