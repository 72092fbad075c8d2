#include "compiler/check/function_check.hpp"

#include <algorithm>

#include "compiler/check/instance_contents.hpp"

namespace tenon::compiler {

namespace {

constexpr std::uint64_t kMostTableEntries = 1'000'000;
// From this many visits on a loop's numbers are taken for any.
constexpr unsigned kLateVisits = 3;

MemoryKind kind_of(const ArtifactText& text, const MemoryUse& use) {
  const Value& at = use.address;
  const std::int64_t bytes = use.bytes;
  switch (at.kind) {
    case Kind::stack: return at.is_exact() ? MemoryKind::stack : MemoryKind::unproven;
    case Kind::instance:
    case Kind::store:
    case Kind::builtins:
    case Kind::memory_record:
    case Kind::table_record:
    case Kind::entries:
    case Kind::function_record:
    case Kind::host_function:
    case Kind::cell:
    case Kind::record: return MemoryKind::instance;
    case Kind::slots: return MemoryKind::slots;
    case Kind::constant:
      return text.section_of(static_cast<std::uint64_t>(at.low),
                             static_cast<std::uint64_t>(at.high - at.low + bytes))
                 ? MemoryKind::constant
                 : MemoryKind::unproven;
    case Kind::linear: {
      constexpr auto kGuard = static_cast<std::int64_t>(artifact::kMemoryGuardBefore);
      constexpr auto kCards = static_cast<std::int64_t>(artifact::kCardsBefore + artifact::kPageBeforeCards);
      if (at.low >= -kGuard && at.high + bytes <= static_cast<std::int64_t>(artifact::kMemoryReservation))
        return MemoryKind::linear;
      return text.marks_cards && at.low >= -kCards && at.high < -kGuard ? MemoryKind::cards
                                                                        : MemoryKind::unproven;
    }
    default: return MemoryKind::unproven;
  }
}

}  // namespace

FunctionCheck::FunctionCheck(const ArtifactText& text, const CodeReader& reader, const CodeFunction& function,
                             CheckReport& report)
    : text_(text), reader_(reader), function_(function), report_(report) {
  contents_ = [this, layout = artifact::InstanceLayout(text.counts)](const Value& address, unsigned bytes) {
    return contents_of(layout, text_.counts, address, bytes);
  };
}

void FunctionCheck::complain(FindingKind kind, const Instruction& instruction, const std::string& what) {
  report_.add({kind, function_.name, instruction.address, reader_.text_of(instruction), what});
}

const Instruction* FunctionCheck::at(std::uint64_t address) const {
  const auto found = std::ranges::lower_bound(instructions_, address, {}, &Instruction::address);
  return found != instructions_.end() && found->address == address ? &*found : nullptr;
}

void FunctionCheck::read() {
  const auto* section = text_.section_of(function_.start, function_.size);
  if (section == nullptr || !section->is_code) return;
  const auto bytes = section->bytes.subspan(function_.start - section->address, function_.size);
  for (std::uint64_t offset = 0; offset < bytes.size();) {
    const auto instruction = reader_.decode(bytes.subspan(offset), function_.start + offset);
    offset += instruction ? instruction->size : 1;
    if (instruction) instructions_.push_back(*instruction);
  }
}

void FunctionCheck::check_instructions() {
  report_.instructions += instructions_.size();
  auto expected = function_.start;
  const auto check_gap = [&](std::uint64_t end) {
    if (expected == end) return;
    report_.add({FindingKind::undecodable, function_.name, expected, "",
                 std::to_string(end - expected) + " bytes that are no instruction"});
  };
  for (const auto& instruction : instructions_) {
    check_gap(instruction.address);
    expected = instruction.end();
  }
  check_gap(function_.start + function_.size);
  for (const auto& instruction : instructions_) {
    if (const auto why = reader_.refusal(instruction); !why.empty())
      complain(FindingKind::instruction, instruction, why);
    has_return_ |= instruction.flow == Flow::leave || instruction.flow == Flow::jump_to_value;
    check_target(instruction);
  }
}

void FunctionCheck::check_target(const Instruction& instruction) {
  const bool is_direct =
      instruction.flow == Flow::branch || instruction.flow == Flow::jump || instruction.flow == Flow::call;
  if (!is_direct) return;
  if (!instruction.target) return complain(FindingKind::target, instruction, "has no target");
  const auto target = *instruction.target;
  const bool is_inside = instruction.flow != Flow::call && function_.contains(target);
  if (is_inside) {
    if (at(target) == nullptr)
      complain(FindingKind::target, instruction, "leads into the middle of an instruction");
  } else if (text_.starting_at(target) == nullptr) {
    complain(FindingKind::target, instruction, "leads to no start of a function");
  } else if (instruction.flow != Flow::call) {
    jumps_.push_back(target);
  }
}

void FunctionCheck::find_leaders() {
  leaders_.clear();
  leaders_[function_.start];
  for (const auto& instruction : instructions_) {
    const bool is_jump = instruction.flow == Flow::branch || instruction.flow == Flow::jump;
    if (is_jump && instruction.target && at(*instruction.target) != nullptr) leaders_[*instruction.target];
  }
  for (const auto& site : text_.call_sites) {
    if (function_.contains(site.pad) && at(site.pad) != nullptr) leaders_[site.pad];
  }
}

void FunctionCheck::follow() {
  if (instructions_.empty()) return;
  find_leaders();
  CodeState entry = CodeReader::on_entry(function_.convention);
  // What is kept for each leader is bounded, however many there are.
  entry.most_slots = std::clamp<std::size_t>(1'000'000 / leaders_.size(), 16, 4096);
  reach(function_.start, entry);
  while (!waiting_.empty()) {
    const auto address = *waiting_.begin();
    waiting_.erase(waiting_.begin());
    walk(address, *leaders_[address].state);
  }
  is_reporting_ = true;
  for (const auto& [address, leader] : leaders_) {
    if (leader.state) walk(address, *leader.state);
  }
  report_.unreached += instructions_.size() - std::min<std::uint64_t>(reached_, instructions_.size());
}

void FunctionCheck::reach(std::uint64_t address, const CodeState& state) {
  if (is_reporting_) return;
  const auto [found, is_new] = leaders_.try_emplace(address);
  // A table of jumps led to where nothing else does: the path that went through there ends there.
  if (is_new && std::prev(found)->second.state) waiting_.insert(std::prev(found)->first);
  auto& [known, visits] = found->second;
  const bool is_late = ++visits > kLateVisits;
  if (!known) {
    known = state;
  } else if (!known->join_with(state, is_late)) {
    return;
  }
  waiting_.insert(address);
}

void FunctionCheck::walk(std::uint64_t from, CodeState state) {
  auto next = std::ranges::lower_bound(instructions_, from, {}, &Instruction::address);
  for (bool is_first = true; next != instructions_.end(); ++next, is_first = false) {
    if (!is_first && leaders_.contains(next->address)) return reach(next->address, state);
    if (is_reporting_) ++reached_;
    if (!step(*next, state)) return;
  }
  if (is_reporting_ && next == instructions_.end() && instructions_.back().flow != Flow::call &&
      instructions_.back().flow != Flow::call_of_value)
    complain(FindingKind::code_end, instructions_.back(), "goes on behind the function's end");
}

bool FunctionCheck::step(const Instruction& instruction, CodeState& state) {
  if (instruction.flow == Flow::trap) return false;
  const Effect effect = reader_.apply(instruction, state, contents_);
  if (is_reporting_ && effect.memory) count(instruction, *effect.memory);
  if (effect.trusts_hardening && is_reporting_) {
    if (text_.is_hardened) {
      ++report_.unproven_hardening;
    } else {
      complain(FindingKind::stack, instruction, "marks the stack pointer, as hardened code alone does");
    }
  }
  if (effect.loses_stack) {
    if (is_reporting_)
      complain(FindingKind::stack, instruction, "sets the stack pointer to no place on the stack");
    return false;
  }
  switch (instruction.flow) {
    case Flow::branch:
    case Flow::jump: {
      const bool is_branch = instruction.flow == Flow::branch;
      if (!instruction.target) return false;
      CodeState there = state;
      if (!is_branch || reader_.decide(instruction, there, true))
        jump(instruction, there,
             {.target = Value::of(Kind::constant, static_cast<std::int64_t>(*instruction.target))});
      return is_branch && reader_.decide(instruction, state, false);
    }
    case Flow::call:
      return call(instruction, state,
                  Value::of(Kind::constant, static_cast<std::int64_t>(instruction.target.value_or(0))));
    case Flow::call_of_value: return call(instruction, state, effect.target);
    case Flow::jump_to_value: return jump(instruction, state, effect), false;
    case Flow::leave: return leave(instruction, state, effect.popped, false), false;
    default: return true;
  }
}

bool FunctionCheck::call(const Instruction& instruction, CodeState& state, const Value& target) {
  if (is_reporting_ && !CodeReader::stack_pointer(state).is_place())
    complain(FindingKind::stack, instruction, "calls with a stack whose depth differs from path to path");
  throw_from(instruction, state);
  Convention convention = Convention::guest;
  bool returns = true, is_known = true;
  if (target.kind == Kind::constant && target.is_exact()) {
    const auto* callee = text_.starting_at(static_cast<std::uint64_t>(target.low));
    if (callee != nullptr) convention = callee->convention;
    returns = callee == nullptr || callee->returns;
    is_known = callee != nullptr || instruction.flow == Flow::call;  // said already
  } else if (target.kind == Kind::table_target) {
    const auto targets = targets_of(target);
    is_known =
        targets && std::ranges::all_of(*targets, [&](auto to) { return text_.starting_at(to) != nullptr; });
  } else if (target.kind == Kind::tail_code) {
    convention = Convention::tail;
  } else if (target.kind == Kind::ends) {
    returns = false;
  } else if (target.kind == Kind::unknown) {
    if (is_reporting_) ++report_.unproven_targets;
  } else {
    is_known = target.kind == Kind::code || target.kind == Kind::record;
  }
  if (!is_known && is_reporting_)
    complain(FindingKind::indirect_target, instruction, "calls what is no code as far as can be seen");
  reader_.come_back(instruction, state, convention);
  return returns;
}

void FunctionCheck::throw_from(const Instruction& instruction, const CodeState& state) {
  auto site = std::ranges::upper_bound(text_.call_sites, instruction.address, {}, &CallSite::start);
  if (site == text_.call_sites.begin()) return;
  --site;
  if (instruction.address >= site->end || at(site->pad) == nullptr) return;
  CodeState caught = state;
  reader_.catch_exception(instruction, caught);
  reach(site->pad, caught);
}

void FunctionCheck::jump(const Instruction& instruction, const CodeState& state, const Effect& effect) {
  const Value& target = effect.target;
  if (target.kind == Kind::constant && target.is_exact()) {
    const auto to = static_cast<std::uint64_t>(target.low);
    if (function_.contains(to) && at(to) != nullptr) return reach(to, state);
    if (const auto* callee = text_.starting_at(to))
      return leave(instruction, state, CodeReader::popped_by(callee->convention), true);
    return;
  }
  if (target.kind == Kind::table_target) return jump_by_table(instruction, state, effect);
  const bool is_tail_call =
      target.kind == Kind::code || target.kind == Kind::tail_code || target.kind == Kind::record;
  if (!is_tail_call) {
    if (is_reporting_ && text_.is_hardened && target.kind == Kind::unknown)
      ++report_.unproven_targets;
    else if (is_reporting_)
      complain(
          FindingKind::indirect_target, instruction,
          "is no jump by a table whose end is known, and no tail call of a function that a record names");
    return;
  }
  leave(instruction, state,
        CodeReader::popped_by(target.kind == Kind::tail_code ? Convention::tail : Convention::guest), true);
}

void FunctionCheck::jump_by_table(const Instruction& instruction, CodeState state, const Effect& effect) {
  const auto targets = targets_of(effect.target);
  if (!targets) {
    // Hardening changes the index in a way that is not always followed.
    if (is_reporting_ && text_.is_hardened)
      ++report_.unproven_targets;
    else if (is_reporting_)
      complain(FindingKind::indirect_target, instruction, "jumps by a table, and nothing bounds the index");
    return;
  }
  for (const auto to : *targets) {
    if (effect.target_register)
      state.set(*effect.target_register, Value::of(Kind::constant, static_cast<std::int64_t>(to)));
    if (at(to) != nullptr) {
      reach(to, state);
    } else if (const auto* callee = text_.starting_at(to)) {
      leave(instruction, state, CodeReader::popped_by(callee->convention), true);
    } else if (is_reporting_) {
      complain(FindingKind::indirect_target, instruction, "its table leads to no instruction");
    }
  }
}

std::optional<std::set<std::uint64_t>> FunctionCheck::targets_of(const Value& target) const {
  if (target.high < target.low ||
      static_cast<std::uint64_t>(target.high - target.low) / 4 > kMostTableEntries)
    return std::nullopt;
  std::set<std::uint64_t> targets;
  for (auto at = target.low; at <= target.high; at += 4) {
    const auto word = text_.word_at(static_cast<std::uint64_t>(at));
    if (!word) return std::nullopt;
    targets.insert(target.origin + static_cast<std::uint64_t>(std::int64_t{*word}));
  }
  return targets;
}

void FunctionCheck::leave(const Instruction& instruction, const CodeState& state, std::int64_t popped,
                          bool is_jump) {
  if (!is_reporting_) return;
  const Value& stack = CodeReader::stack_pointer(state);
  const auto expected = CodeReader::popped_by(function_.convention);
  if (!stack.is_exact() || stack.origin != 0) {
    complain(FindingKind::stack, instruction,
             "leaves with a stack whose depth differs from path to path, or is not known");
  } else if (stack.low != 0) {
    complain(FindingKind::stack, instruction,
             "leaves with the stack " + std::to_string(stack.low < 0 ? -stack.low : stack.low) +
                 " bytes too " + (stack.low < 0 ? "deep" : "high"));
  }
  if (popped != expected) {
    complain(FindingKind::returned_arguments, instruction,
             std::string(is_jump ? "jumps to code that takes " : "takes ") + std::to_string(popped) +
                 " bytes off the stack; the function's convention says " + std::to_string(expected));
  }
  if (const auto lost = CodeReader::lost_register(state, function_.convention)) {
    complain(FindingKind::lost_register, instruction,
             "the register " + std::string(*lost) + " is not known to be what it was on entry");
  }
}

void FunctionCheck::count(const Instruction& instruction, const MemoryUse& use) {
  const MemoryKind kind = kind_of(text_, use);
  ++report_.memory_uses[static_cast<std::size_t>(kind)];
  if (kind == MemoryKind::constant && use.writes)
    complain(FindingKind::written_constant, instruction, "writes to read-only data");
  const Value& at = use.address;
  const bool meets_return_address = at.low < CodeReader::kReturnAddressBytes && at.low + use.bytes > 0;
  if (kind == MemoryKind::stack && at.origin == 0 && meets_return_address && use.writes)
    complain(FindingKind::stack, instruction, "writes over the return address");
}

}  // namespace tenon::compiler
