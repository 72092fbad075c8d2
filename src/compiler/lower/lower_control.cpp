// Structured control, branches, return, unreachable (specification 4.4.8).
#include "compiler/lower/function_lowering.hpp"
#include "compiler/lower/slots.hpp"

namespace tenon::compiler {

using wasm::Opcode;
using wasm::Operator;

void FunctionLowering::lower_control(const Operator& op) {
  using Op = wasm::ControlOpcode;
  switch (Op(op.opcode())) {
    case Op::unreachable:
      builder_.CreateBr(trap_block(TrapCode::unreachable));
      make_unreachable();
      return;
    case Op::nop: return;
    case Op::block: begin_block(op); return;
    case Op::loop: begin_loop(op); return;
    case Op::if_: begin_if(op); return;
    case Op::else_: begin_else(); return;
    case Op::end: end_block(); return;
    case Op::br: branch_to(op.index); return;
    case Op::br_if: branch_if(builder_.CreateICmpNE(pop(), i32(0)), op.index); return;
    case Op::br_on_null: branch_on_null(op.index); return;
    case Op::br_on_non_null: branch_on_non_null(op.index); return;
    case Op::br_table: branch_table(op); return;
    case Op::return_: branch_to(static_cast<std::uint32_t>(controls_.size() - 1)); return;
  }
}

// Dead code is valid but cannot run: only its nesting matters.
void FunctionLowering::skip(const Operator& op) {
  switch (op.opcode()) {
    case Opcode::block:
    case Opcode::loop:
    case Opcode::if_:
    case Opcode::try_:
    case Opcode::try_table: ++skipped_blocks_; return;
    case Opcode::catch_:
    case Opcode::catch_all:
      if (skipped_blocks_ == 0) begin_catch(op);
      return;
    case Opcode::delegate:
      if (skipped_blocks_ == 0) {
        end_delegate(op);
      } else {
        --skipped_blocks_;
      }
      return;
    case Opcode::else_:
      if (skipped_blocks_ == 0) begin_else();
      return;
    case Opcode::end:
      if (skipped_blocks_ == 0) {
        end_block();
      } else {
        --skipped_blocks_;
      }
      return;
    default: return;
  }
}

std::pair<std::vector<ValueType>, std::vector<ValueType>> FunctionLowering::block_types(
    const wasm::BlockType& block) const {
  switch (block.kind) {
    case wasm::BlockType::Kind::empty: return {};
    case wasm::BlockType::Kind::value: return {{}, {block.value}};
    case wasm::BlockType::Kind::type_index: break;
  }
  const auto& type = module_.source.types[block.type_index];
  return {type.parameters, type.results};
}

std::vector<llvm::PHINode*> FunctionLowering::make_phis(const std::vector<ValueType>& types,
                                                        llvm::BasicBlock* block) {
  llvm::IRBuilder<> builder(block);
  std::vector<llvm::PHINode*> phis;
  phis.reserve(types.size());
  for (ValueType of : types) phis.push_back(builder.CreatePHI(type(of), 2));
  return phis;
}

// The operands on top of the stack flow to the label from the current block.
void FunctionLowering::add_incoming(Control& control) {
  const std::size_t count = control.label_phis.size();
  for (std::size_t i = 0; i < count; ++i) {
    control.label_phis[i]->addIncoming(stack_[stack_.size() - count + i], builder_.GetInsertBlock());
  }
  if (control.target == control.end) control.reached_end = true;
}

void FunctionLowering::start(llvm::BasicBlock* block) {
  block->moveAfter(builder_.GetInsertBlock());
  builder_.SetInsertPoint(block);
}

void FunctionLowering::begin_block(const Operator& op) {
  auto [parameters, results] = block_types(op.block);
  auto* end = new_block("end");
  auto phis = make_phis(results, end);
  controls_.push_back({.opcode = Opcode::block,
                       .target = end,
                       .end = end,
                       .otherwise = nullptr,
                       .label_phis = std::move(phis),
                       .parameters = {},
                       .results = std::move(results),
                       .height = stack_.size() - parameters.size()});
}

void FunctionLowering::begin_loop(const Operator& op) {
  auto [parameters, results] = block_types(op.block);
  auto* head = new_block("loop");
  Control control{.opcode = Opcode::loop,
                  .target = head,
                  .end = nullptr,
                  .otherwise = nullptr,
                  .label_phis = make_phis(parameters, head),
                  .parameters = {},
                  .results = std::move(results),
                  .height = stack_.size() - parameters.size()};
  add_incoming(control);
  builder_.CreateBr(head);
  start(head);
  stack_.resize(control.height);
  stack_.insert(stack_.end(), control.label_phis.begin(), control.label_phis.end());
  controls_.push_back(std::move(control));
}

void FunctionLowering::begin_if(const Operator& op) {
  auto* condition = builder_.CreateICmpNE(pop(), i32(0));
  begin_block(op);
  Control& control = controls_.back();
  control.opcode = Opcode::if_;
  control.parameters.assign(stack_.begin() + static_cast<std::ptrdiff_t>(control.height), stack_.end());
  control.otherwise = new_block("else");
  auto* then = new_block("then");
  builder_.CreateCondBr(condition, then, control.otherwise);
  start(then);
}

void FunctionLowering::begin_else() {
  Control& control = controls_.back();
  if (!unreachable_) {
    add_incoming(control);
    builder_.CreateBr(control.end);
  }
  unreachable_ = false;
  control.opcode = Opcode::else_;
  start(control.otherwise);
  stack_.resize(control.height);
  stack_.insert(stack_.end(), control.parameters.begin(), control.parameters.end());
}

void FunctionLowering::end_block() {
  if (controls_.back().opcode == Opcode::if_)
    begin_else();  // an `if` without `else` passes its parameters on
  Control control = std::move(controls_.back());
  controls_.pop_back();
  close_handler(control);
  if (control.opcode == Opcode::loop) {
    // Nothing branches to the end of a loop: what falls out of it goes on.
    if (unreachable_) stack_.resize(control.height);
    return;
  }
  if (!unreachable_) {
    add_incoming(control);
    builder_.CreateBr(control.end);
  }
  pass_on(control, controls_.size());
  stack_.resize(control.height);
  start(control.end);
  unreachable_ = !control.reached_end;
  if (unreachable_) {
    for (auto* phi : control.label_phis) phi->eraseFromParent();
    builder_.CreateUnreachable();
  } else {
    stack_.insert(stack_.end(), control.label_phis.begin(), control.label_phis.end());
  }
  if (controls_.empty() && !unreachable_) return_values();
}

void FunctionLowering::return_values() {
  const auto count = function_type_.results.size();
  if (count == 0) {
    builder_.CreateRetVoid();
  } else if (count == 1) {
    builder_.CreateRet(stack_.back());
  } else if (result_slots_ != nullptr) {
    Slots slots(module_, builder_, result_slots_);
    for (std::size_t i = 0; i < count; ++i) {
      slots.store_next(function_type_.results[i], stack_[stack_.size() - count + i]);
    }
    builder_.CreateRetVoid();
  } else {
    llvm::Value* all = llvm::PoisonValue::get(module_.result_type(function_type_));
    for (std::size_t i = 0; i < count; ++i) {
      auto* result = stack_[stack_.size() - count + i];
      all = ModuleLowering::insert_result(builder_, all, result, static_cast<unsigned>(i));
    }
    builder_.CreateRet(all);
  }
}

void FunctionLowering::make_unreachable() {
  unreachable_ = true;
  stack_.resize(controls_.back().height);
}

void FunctionLowering::branch_to(std::uint32_t depth) {
  Control& control = label(depth);
  add_incoming(control);
  builder_.CreateBr(control.target);
  make_unreachable();
}

void FunctionLowering::branch_if(llvm::Value* condition, std::uint32_t depth) {
  Control& control = label(depth);
  add_incoming(control);
  auto* go_on = new_block("");
  builder_.CreateCondBr(condition, control.target, go_on);
  start(go_on);
}

void FunctionLowering::branch_on_null(std::uint32_t depth) {
  auto* reference = pop();
  branch_if(is_null(reference), depth);
  push(reference);
}

// The reference is the last of what the label takes.
void FunctionLowering::branch_on_non_null(std::uint32_t depth) {
  branch_if(builder_.CreateNot(is_null(stack_.back())), depth);
  pop();
}

// The block that a case of a switch goes to: one for each label, so that a
// label with parameters has one incoming edge from it however many cases there are.
llvm::BasicBlock* FunctionLowering::branch_table_edge(std::uint32_t depth) {
  Control& control = label(depth);
  auto* from = builder_.GetInsertBlock();
  auto* edge = new_block("case");
  builder_.SetInsertPoint(edge);
  add_incoming(control);
  builder_.CreateBr(control.target);
  builder_.SetInsertPoint(from);
  return edge;
}

void FunctionLowering::branch_table(const Operator& op) {
  auto* index = pop();
  llvm::SmallDenseMap<std::uint32_t, llvm::BasicBlock*> edges;
  auto edge = [&](std::uint32_t depth) {
    auto*& block = edges[depth];
    if (block == nullptr) block = branch_table_edge(depth);
    return block;
  };
  const std::uint32_t otherwise = op.labels.back();
  auto* jump = builder_.CreateSwitch(index, edge(otherwise), static_cast<unsigned>(op.labels.size() - 1));
  for (std::size_t i = 0; i + 1 < op.labels.size(); ++i) {
    if (op.labels[i] != otherwise) jump->addCase(i32(i), edge(op.labels[i]));
  }
  make_unreachable();
}

}  // namespace tenon::compiler
