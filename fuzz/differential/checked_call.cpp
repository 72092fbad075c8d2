#include "checked_call.hpp"

#include <csignal>
#include <cstdint>
#include <cstring>

namespace tenon::fuzz {
namespace {

extern "C" void fuzz_do_work(void* work) { (*static_cast<const std::function<void()>*>(work))(); }

#ifdef __x86_64__
constexpr std::uint64_t kPattern = 0x5EED0C0DE0FACADE;

// rbx, rbp, r12 to r15 hold the pattern plus 0 to 5 while the work is done.
struct Registers {
  std::uint64_t callee_saved[6];  // as they were after it
  std::int64_t stack_moved;
  std::uint64_t flags;
};

extern "C" void fuzz_call_with_pattern(void* work, Registers* after, std::uint64_t pattern);
// A frame that is addressed by rsp alone, so rsp's place is compared before anything is read from it:
// what the call left in rsp is put aside, and the frame's own address comes back out of a global.
asm(R"(
.text
.globl fuzz_call_with_pattern
.type fuzz_call_with_pattern, @function
fuzz_call_with_pattern:
  .cfi_startproc
  push %rbx
  push %rbp
  push %r12
  push %r13
  push %r14
  push %r15
  .cfi_adjust_cfa_offset 48
  sub $24, %rsp
  .cfi_adjust_cfa_offset 24
  mov %rsi, 8(%rsp)
  mov %fs:fuzz_stack_pointer@tpoff, %rax
  mov %rax, 16(%rsp)
  mov %rsp, %fs:fuzz_stack_pointer@tpoff
  lea 0(%rdx), %rbx
  lea 1(%rdx), %rbp
  lea 2(%rdx), %r12
  lea 3(%rdx), %r13
  lea 4(%rdx), %r14
  lea 5(%rdx), %r15
  call fuzz_do_work
  mov %rsp, %rcx
  mov %fs:fuzz_stack_pointer@tpoff, %rsp
  pushf
  pop %rdx
  cld
  sub %rsp, %rcx
  mov 16(%rsp), %rax
  mov %rax, %fs:fuzz_stack_pointer@tpoff
  mov 8(%rsp), %rax
  mov %rbx, 0(%rax)
  mov %rbp, 8(%rax)
  mov %r12, 16(%rax)
  mov %r13, 24(%rax)
  mov %r14, 32(%rax)
  mov %r15, 40(%rax)
  mov %rcx, 48(%rax)
  mov %rdx, 56(%rax)
  add $24, %rsp
  .cfi_adjust_cfa_offset -24
  pop %r15
  pop %r14
  pop %r13
  pop %r12
  pop %rbp
  pop %rbx
  .cfi_adjust_cfa_offset -48
  ret
  .cfi_endproc
.size fuzz_call_with_pattern, . - fuzz_call_with_pattern
)");

std::uint32_t sse_modes() {
  std::uint32_t modes = 0;
  asm volatile("stmxcsr %0" : "=m"(modes));
  return modes & ~0x3Fu;  // all but what has happened so far
}
std::uint16_t x87_modes() {
  std::uint16_t modes = 0;
  asm volatile("fnstcw %0" : "=m"(modes));
  return modes;
}
std::uint16_t x87_tags() {
  struct {
    std::uint32_t words[7];
  } environment;
  asm volatile("fnstenv %0\n\tfldenv %0" : "=m"(environment));
  return static_cast<std::uint16_t>(environment.words[2]);
}

std::optional<std::string> call_and_compare_registers(void* work) {
  constexpr std::uint64_t kDirectionFlag = 0x400;
  constexpr const char* kNames[] = {"rbx", "rbp", "r12", "r13", "r14", "r15"};
  const std::uint32_t sse = sse_modes();
  const std::uint16_t x87 = x87_modes();
  Registers after{};
  fuzz_call_with_pattern(work, &after, kPattern);
  if (after.stack_moved != 0) return "rsp moved by " + std::to_string(after.stack_moved);
  for (std::uint64_t i = 0; i < 6; ++i)
    if (after.callee_saved[i] != kPattern + i) return std::string(kNames[i]) + " not restored";
  if ((after.flags & kDirectionFlag) != 0) return "direction flag set";
  if (sse_modes() != sse) return "mxcsr changed";
  if (x87_modes() != x87) return "x87 control word changed";
  if (x87_tags() != 0xFFFF) return "x87 stack not empty";
  return std::nullopt;
}
#else
std::optional<std::string> call_and_compare_registers(void* work) {
  fuzz_do_work(work);
  return std::nullopt;
}
#endif

}  // namespace

#ifdef __x86_64__
// Where the innermost checked call's frame is.
extern "C" thread_local std::uint64_t fuzz_stack_pointer asm("fuzz_stack_pointer");
thread_local std::uint64_t fuzz_stack_pointer __attribute__((tls_model("local-exec"), used)) = 0;
#endif

std::optional<std::string> checked_call(const std::function<void()>& work) {
  sigset_t before{}, after{};
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  const auto found = call_and_compare_registers(const_cast<std::function<void()>*>(&work));
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  if (!found && std::memcmp(&before, &after, sizeof before) != 0) return "signal mask changed";
  return found;
}

}  // namespace tenon::fuzz
