// The check of one function: every path through it, with what is known of registers and
// stack on the way.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "compiler/check/artifact_text.hpp"
#include "compiler/check/check.hpp"

namespace tenon::compiler {

class FunctionCheck {
 public:
  FunctionCheck(const ArtifactText& text, const CodeReader& reader, const CodeFunction& function,
                CheckReport& report);

  // Reads the instructions.
  void read();
  // Complains of those that may not be there, and of direct targets.
  void check_instructions();
  // Follows all paths.
  void follow();

  // Whether an instruction of it returns; and the functions that it jumps to.
  [[nodiscard]] bool has_return() const { return has_return_; }
  [[nodiscard]] const std::vector<std::uint64_t>& jumps() const { return jumps_; }

 private:
  struct Leader {
    std::optional<CodeState> state;
    unsigned visits = 0;
  };

  void complain(FindingKind kind, const Instruction& instruction, const std::string& what);
  [[nodiscard]] const Instruction* at(std::uint64_t address) const;
  void check_target(const Instruction& instruction);
  void find_leaders();
  void reach(std::uint64_t address, const CodeState& state);
  void walk(std::uint64_t from, CodeState state);
  // Whether the path goes on behind it.
  bool step(const Instruction& instruction, CodeState& state);
  bool call(const Instruction& instruction, CodeState& state, const Value& target);
  void throw_from(const Instruction& instruction, const CodeState& state);
  void jump(const Instruction& instruction, const CodeState& state, const Effect& effect);
  void jump_by_table(const Instruction& instruction, CodeState state, const Effect& effect);
  // The function ends here: by a return, or by a jump to code that pops so much.
  void leave(const Instruction& instruction, const CodeState& state, std::int64_t popped, bool is_jump);
  void count(const Instruction& instruction, const MemoryUse& use);
  // Where a table leads; nullopt where it is not known to end.
  [[nodiscard]] std::optional<std::set<std::uint64_t>> targets_of(const Value& target) const;

  const ArtifactText& text_;
  const CodeReader& reader_;
  const CodeFunction& function_;
  CheckReport& report_;
  Contents contents_;
  std::vector<Instruction> instructions_;
  std::map<std::uint64_t, Leader> leaders_;
  std::set<std::uint64_t> waiting_;
  std::vector<std::uint64_t> jumps_;
  bool has_return_ = false;
  bool is_reporting_ = false;  // the last walk, when all is known
  std::uint64_t reached_ = 0;
};

}  // namespace tenon::compiler
