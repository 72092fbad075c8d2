// Validation of function bodies: the algorithm of the specification's appendix
// ("Validation Algorithm"), with an explicit stack of control frames.
//
// Work and memory are linear in the size of the body. A few bytes could break that in two
// ways: a block or call whose type has a thousand parameters, and 50,000 locals in one
// group. So a ValueType is a number, sequences of types are compared and moved as bytes or
// in blocks (wasm/validate/subtyping.hpp), and groups of locals are never expanded.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <tenon/error.hpp>
#include <tenon/types.hpp>

#include "wasm/features.hpp"
#include "wasm/module.hpp"
#include "wasm/operator.hpp"

namespace tenon::wasm {

class Validator {
 public:
  using Types = std::span<const ValueType>;

  // All that a body may refer to: the module with everything before its code
  // section, the functions that ref.func may name, and the number of data
  // segments where the module says it beforehand. Both must outlive this.
  Validator(const Module& module, const std::vector<bool>& declared, std::optional<std::uint32_t> data_count,
            FeatureSet features)
      : module_(module),
        declared_(declared),
        data_count_(data_count),
        features_(features),
        tables_(module.tables.size()) {}

  // `body` is one of a function of this type. May be called for any number of
  // bodies; reuses its memory.
  [[nodiscard]] std::expected<void, Error> check(const FunctionType& type, const FunctionBody& body);
  // Whether the body checked last holds an operator of the return_call family.
  [[nodiscard]] bool saw_tail_call() const { return saw_tail_call_; }
  [[nodiscard]] bool saw_try() const { return saw_try_; }  // or try_table
  // What all bodies that were checked do with each table.
  [[nodiscard]] std::vector<TableUse> table_uses() const;

 private:
  // One structured instruction that has not ended. The types point into the
  // module, or at what `single` gives where the block type is a single value.
  struct Frame {
    Opcode kind = Opcode::block;
    Types start;
    Types end;
    std::size_t height = 0;       // of the operand stack, parameters not counted
    std::size_t initialised = 0;  // locals that had been set when it began
    bool unreachable = false;
  };
  struct LocalRange {
    std::uint64_t end = 0;  // one past the last index
    ValueType type = ValueType::i32;
  };

  struct TableNotes {  // for a TableUse
    bool is_written = false;
    std::set<std::uint32_t> called_types;
  };

  void begin(const FunctionType& type, const FunctionBody& body);
  bool check_operator();

  // The immediates: does what they name exist, and does it fit? One rule for
  // each kind of immediate (validator_immediates.cpp).
  bool check_immediate();
  bool check_block_type();
  bool check_catches();
  bool check_catch(const CatchClause& clause);
  bool check_access();
  bool check_atomic_alignment();
  bool check_lane(std::uint32_t lanes);
  bool check_shuffle();
  bool check_call_indirect();
  bool check_table_init();
  bool check_table_copy();
  bool check_table();
  bool exists(std::uint64_t index, std::uint64_t count, const char* what);
  bool data_exists();

  // The stack: from the signature, or by a rule of its own.
  bool apply_signature(std::string_view signature);
  [[nodiscard]] ValueType type_of(char letter) const;
  [[nodiscard]] ValueType address_type() const;
  [[nodiscard]] ValueType source_address_type() const;
  bool apply_rule();
  bool rule_block();
  bool rule_else();
  bool rule_end();
  bool rule_branch_if();
  bool rule_branch_table();
  bool rule_return();
  bool rule_call(const FunctionType& type);
  bool rule_tail_call(const FunctionType& type);
  bool rule_throw();
  bool rule_catch();
  bool rule_rethrow();
  bool rule_delegate();
  bool rule_select();
  bool rule_typed_select();
  bool rule_local();
  bool rule_global();
  bool rule_reference();
  bool rule_as_non_null();
  bool rule_branch_on_null();
  bool rule_branch_on_non_null();
  bool rule_call_ref();

  bool push(Types types);
  bool push(ValueType type) { return push(Types(&type, 1)); }
  bool peek(Types types);
  bool pop(Types types);
  bool pop(ValueType type) { return pop(Types(&type, 1)); }
  bool pop_any(ValueType& type);
  bool pop_reference(ValueType& type);
  bool push_frame(Opcode kind, Types start, Types end);
  bool pop_frame(Frame& frame);
  void set_unreachable();

  [[nodiscard]] Types single(ValueType type);
  [[nodiscard]] Types label_types(std::uint32_t depth) const;
  [[nodiscard]] ValueType local_type(std::uint32_t index) const;
  [[nodiscard]] std::uint64_t local_count() const;
  [[nodiscard]] bool is_initialised(std::uint32_t local) const {
    return local < initialised_.size() && initialised_[local];
  }
  void initialise(std::uint32_t local);
  void forget_locals(std::size_t count);
  [[nodiscard]] std::size_t available() const { return operands_.size() - control_.back().height; }

  bool invalid(std::string message);
  bool malformed(std::string message);
  bool fail(Phase phase, ErrorCode code, std::string message);
  bool over_limit(std::uint64_t actual, std::uint64_t limit, std::string_view what, std::string_view things);
  bool mismatch(Types expected, std::size_t present);

  const Module& module_;
  const std::vector<bool>& declared_;
  std::optional<std::uint32_t> data_count_;
  FeatureSet features_;

  const FunctionType* type_ = nullptr;
  std::vector<LocalRange> locals_;  // ascending; parameters not included
  // Locals without a default that have been set, in that order and as a set.
  std::vector<std::uint32_t> initialised_order_;
  std::vector<bool> initialised_;
  std::vector<std::array<ValueType, 2>> singles_;  // references to each type: null allowed, not allowed
  std::vector<ValueType> operands_;
  std::vector<Frame> control_;
  Operator operator_;
  std::vector<TableNotes> tables_;
  std::uint32_t open_tries_ = 0;  // of control_
  bool saw_tail_call_ = false;
  bool saw_try_ = false;
  std::optional<Error> error_;
};

}  // namespace tenon::wasm
