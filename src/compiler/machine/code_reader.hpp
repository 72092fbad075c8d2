// Compiled code, read back: what the check of artifacts (compiler/check) asks a machine.
// Each machine's folder defines it.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <tenon/error.hpp>

#include "base/bytes.hpp"
#include "compiler/machine/code_state.hpp"

namespace tenon::compiler {

enum class Flow : std::uint8_t { next, branch, jump, jump_to_value, call, call_of_value, leave, trap };

// Which functions of an artifact pass what where (artifact/abi.hpp).
enum class Convention : std::uint8_t {
  guest,      // of the plugin, called plainly; helpers, too
  tail,       // of the plugin, for tail calls
  entry,      // from the host
  host_call,  // thunks
  sparing,    // helpers that leave nearly all registers as they are
  silent,     // the same, without a result
};

struct Instruction {
  std::uint64_t address = 0;
  unsigned size = 0;
  unsigned opcode = 0;
  Flow flow = Flow::next;
  std::optional<std::uint64_t> target;  // of a direct jump, branch or call
  base::ByteView bytes;
  [[nodiscard]] std::uint64_t end() const { return address + size; }
};

struct MemoryUse {
  Value address;
  unsigned bytes = 0;
  bool writes = false;
};

// What an instruction did beyond what the state after it says.
struct Effect {
  std::optional<MemoryUse> memory;
  Value target;                             // of jump_to_value, call_of_value
  std::optional<unsigned> target_register;  // which holds it, if one does
  std::int64_t popped = 0;                  // by leave, beyond the return address
  bool trusts_hardening = false;  // the stack pointer is marked with what is perhaps nothing (--spectre)
  bool loses_stack = false;       // the stack pointer is set to what is no address on the stack
};

// What 64, 32, … bits at an address hold, where it is not on the stack.
using Contents = std::function<Value(const Value& address, unsigned bytes)>;

class CodeReader {
 public:
  struct Parts;
  [[nodiscard]] static std::expected<std::unique_ptr<CodeReader>, Error> make();
  ~CodeReader();

  // The instruction that the bytes begin with; nullopt for none.
  [[nodiscard]] std::optional<Instruction> decode(base::ByteView bytes, std::uint64_t address) const;
  [[nodiscard]] std::string text_of(const Instruction& instruction) const;
  // Why compiled code may not have it; empty where it may.
  [[nodiscard]] std::string refusal(const Instruction& instruction) const;
  // Whether it may lie between functions.
  [[nodiscard]] bool is_padding(const Instruction& instruction) const;

  [[nodiscard]] static CodeState on_entry(Convention convention);
  Effect apply(const Instruction& instruction, CodeState& state, const Contents& contents) const;
  // After a call of a function in that convention came back.
  void come_back(const Instruction& call, CodeState& state, Convention convention) const;
  // What a handler of exceptions finds.
  void catch_exception(const Instruction& call, CodeState& state) const;
  // What is known on either way of a branch; false where that way is never taken.
  bool decide(const Instruction& branch, CodeState& state, bool is_taken) const;

  // The stack pointer; and the first register that a function has not restored.
  [[nodiscard]] static const Value& stack_pointer(const CodeState& state);
  [[nodiscard]] static std::optional<std::string_view> lost_register(const CodeState& state,
                                                                     Convention convention);
  // A return address lies where the stack pointer points on entry.
  static constexpr std::int64_t kReturnAddressBytes = 8;
  // How many bytes a function takes off the stack as it returns.
  [[nodiscard]] static std::int64_t popped_by(Convention convention);

 private:
  explicit CodeReader(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace tenon::compiler
