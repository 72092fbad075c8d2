// What lowering and optimising a body will take, seen beforehand in one pass over
// its operators. A body's size does not tell: a call of two bytes may move two
// thousand values, and N locals set in N loops are N^2 values to LLVM.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/options.hpp"
#include "wasm/module.hpp"
#include "wasm/operator.hpp"

namespace tenon::compiler {

struct BodyCost {
  std::uint64_t bytes = 0;
  // The values that calls, blocks, branches, clauses and the function itself take,
  // give or hand on: each is an instruction, or an operand of one, at every level.
  std::uint64_t moved = 0;
  // For each call the squares of the numbers of its parameters and results, for the
  // function itself that of its parameters: what all at once have to be given places.
  std::uint64_t crowded = 0;
  // The operands that phi nodes may have once locals are values: for each place
  // where control flow joins, the locals that may differ there times the ways there.
  // And for each loop those around it, out of which its values go one by one.
  std::uint64_t joined = 0;
  // The basic blocks through which each value may live, for all values together:
  // what allocating registers takes.
  std::uint64_t live = 0;

  BodyCost& operator+=(const BodyCost& other);
};

// Measures one body after the other; reuses its memory. Takes the time of decoding,
// times the logarithm of the nesting. What is estimated (joined, live) errs towards
// more: a local that is set in a block counts as maybe set after it.
class CostMeter {
 public:
  CostMeter(const wasm::Module& source, const CompileOptions& options)
      : source_(source), features_(options.features), bounds_(options.bounds), metering_(options.metering) {}

  // Of a defined function, counted from 0 without the imported ones.
  [[nodiscard]] BodyCost measure(std::uint32_t body);

 private:
  // A stretch of code behind which control flow joins: a construct, or the body of
  // an older `try` within it. What is counted for a part and those around it is
  // written as a difference: +1 here, -1 at the innermost part around that is not
  // meant. `settle` adds up.
  struct Part {
    std::uint32_t parent = 0;
    bool is_loop = false;
    std::uint32_t ways = 0;      // to its label, or to its handler
    std::int64_t set = 0;        // locals that are set in it,
    std::int64_t exposed = 0;    // that are read in it and may come from before it,
    std::int64_t crossings = 0;  // that are set in it and used behind it
  };
  struct OpenPart {
    std::uint64_t opened = 0;  // when
    std::uint32_t part = 0;
  };
  struct Construct {
    wasm::Opcode opcode;
    std::size_t first_part = 0;    // in open_
    std::uint64_t height = 0;      // of the operands below its parameters
    std::uint64_t parameters = 0;  // how many values
    std::uint64_t results = 0;
    std::uint64_t live_in = 0;    // loops: values that live in all of it,
    std::uint64_t live_from = 0;  // and the sum of the blocks up to which that was counted
    bool handles = false;         // exceptions of its body
  };
  struct Local {
    std::uint64_t set = 0;             // when last
    std::uint64_t exposed = 0;         // when last to loops that opened after the set,
    std::uint64_t exposed_to_all = 0;  // and when last to all
    std::uint32_t part = 0;            // the innermost open part around the last set, at the last access
    std::uint64_t block = 0;           // of the last access
    std::uint64_t read_block = 0;      // of the last local.get, or the first set after it
    bool was_set_since = false;        // since that local.get
  };

  void begin(std::uint32_t body);
  void settle();
  void step(const wasm::Operator& op);
  void skip(const wasm::Operator& op);
  void apply_signature(std::string_view signature);
  void charge(const wasm::Operator& op);
  void step_control(const wasm::Operator& op);
  void step_call(const wasm::Operator& op);
  void step_tail_call(const wasm::Operator& op);
  void step_exception(const wasm::Operator& op);
  void step_variable(const wasm::Operator& op);

  void open(const wasm::Operator& op);
  void open_part(bool is_loop);
  void open_handler();
  void close_handler();
  void next_part(std::uint64_t operands);
  void close();
  void branch(std::uint32_t depth);
  void branch_table(const wasm::Operator& op);
  void try_table(const wasm::Operator& op);
  void call(const FunctionType& type);
  void leave();
  void start_block();
  [[nodiscard]] bool checks(const wasm::Operator& op) const;
  void get(std::uint32_t local);
  void set(std::uint32_t local);
  bool cross(Local& local);
  void expose(std::uint64_t since);
  Local& local(std::uint32_t index);
  void pop(std::uint64_t count) { height_ -= count < height_ ? count : height_; }
  void push(std::uint64_t count) { height_ += count; }
  [[nodiscard]] std::size_t opened_before(std::uint64_t when) const;
  void count_from(std::size_t first_open, std::int64_t Part::* what);
  [[nodiscard]] static std::uint64_t label_size(const Construct& construct) {
    return construct.opcode == wasm::Opcode::loop ? construct.parameters : construct.results;
  }
  Construct& label(std::uint32_t depth) { return constructs_[constructs_.size() - 1 - depth]; }
  void way_to(const Construct& construct) { ++parts_[open_[construct.first_part].part].ways; }

  const wasm::Module& source_;
  wasm::FeatureSet features_;
  Bounds bounds_;
  bool metering_;
  BodyCost cost_;
  std::vector<Construct> constructs_;
  std::vector<Part> parts_;              // all of the body, parents before children
  std::vector<OpenPart> open_;           // ascending
  std::vector<std::size_t> loops_;       // open ones: places in constructs_
  std::vector<std::uint32_t> handlers_;  // open ones: parts
  std::vector<Local> locals_;            // those with an older `set` are of another body
  std::vector<std::uint64_t> labels_;    // of br_table: when each depth was last seen
  std::uint64_t began_ = 0;
  std::uint64_t now_ = 0;    // counts operators of all bodies
  std::uint64_t block_ = 0;  // counts basic blocks of this one
  std::uint64_t height_ = 0;
  std::uint64_t tail_calls_ = 0;
  bool unreachable_ = false;
  bool is_charged_ = false;  // the segment (fuel.hpp)
  std::uint32_t skipped_ = 0;
};

}  // namespace tenon::compiler
