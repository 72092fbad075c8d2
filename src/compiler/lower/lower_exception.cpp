// Exceptions (specification 4.4.8, and the older form of the proposal): both
// forms become handlers. A call inside a handler's body is an `invoke`; where
// it throws, the runtime goes on at the handler's landing pad, which hands the
// exception to the dispatch: compare the tags, branch to the first clause that
// fits, or else pass it on to the handler around, or out of the function.
// Calls that throw nothing cost nothing. A trap is no exception: it leaves the
// activation without looking at handlers.
#include <algorithm>

#include "compiler/lower/function_lowering.hpp"
#include "compiler/lower/slots.hpp"

namespace tenon::compiler {

using artifact::Builtins;
using artifact::ExceptionRecord;
using wasm::CatchClause;
using wasm::Opcode;
using wasm::Operator;

void FunctionLowering::lower_exception(const Operator& op) {
  using Op = wasm::ExceptionOpcode;
  switch (Op(op.opcode())) {
    case Op::throw_: raise(new_exception(op.index), controls_.size()); break;
    case Op::throw_ref: {
      auto* exception = pop();
      trap_if(builder_.CreateIsNull(exception), TrapCode::null_exception_reference);
      raise(exception, controls_.size());
      break;
    }
    case Op::rethrow: raise(caught_exception(label(op.index).handler), controls_.size()); break;
    case Op::try_table: begin_try_table(op); return;
    case Op::try_:
      begin_block(op);
      controls_.back().opcode = Opcode::try_;
      open_handler(make_handler());
      return;
    case Op::catch_:
    case Op::catch_all: begin_catch(op); return;
    case Op::delegate: end_delegate(op); return;
  }
  make_unreachable();
  return;
}

FunctionLowering::Handler FunctionLowering::make_handler() {
  llvm::IRBuilder<> at_entry(entry_->getTerminator());
  Handler handler{.is_open = true, .slot = at_entry.CreateAlloca(builder_.getPtrTy())};
  handler.dispatch = handler.rest = new_block("dispatch");
  return handler;
}

llvm::Value* FunctionLowering::caught_exception(const Handler& handler) {
  return builder_.CreateLoad(builder_.getPtrTy(), handler.slot);
}

// Of the innermost handler whose body is open; null where there is none.
llvm::BasicBlock* FunctionLowering::landing_pad() {
  if (handlers_.empty()) return nullptr;
  Handler& handler = controls_[handlers_.back()].handler;
  if (handler.landing_pad != nullptr) return handler.landing_pad;
  function_->setPersonalityFn(module_.personality());
  handler.landing_pad = new_block("landing_pad");
  llvm::IRBuilder<> builder(handler.landing_pad);
  auto* landed = builder.CreateLandingPad(
      llvm::StructType::get(module_.context, {builder.getPtrTy(), builder.getInt32Ty()}), 0);
  landed->setCleanup(true);
  builder.CreateStore(builder.CreateExtractValue(landed, 0), handler.slot);
  builder.CreateBr(handler.dispatch);
  return handler.landing_pad;
}

// Of the innermost control, from here on.
void FunctionLowering::open_handler(const Handler& handler) {
  controls_.back().handler = handler;
  handlers_.push_back(controls_.size() - 1);
}

// Of the innermost control, or of one that was: all inside it have ended.
void FunctionLowering::close_handler(Control& control) {
  if (std::exchange(control.handler.is_open, false)) handlers_.pop_back();
}

llvm::Value* FunctionLowering::new_exception(std::uint32_t tag) {
  auto* exception = call_builtin(offsetof(Builtins, exception_new), builder_.getPtrTy(), {i32(tag)});
  const auto& types = module_.source.tag_type(tag).parameters;
  Slots slots(module_, builder_, exception_slots(exception));
  for (std::size_t i = 0; i < types.size(); ++i) {
    slots.store_next(types[i], stack_[stack_.size() - types.size() + i]);
  }
  stack_.resize(stack_.size() - types.size());
  return exception;
}

llvm::Value* FunctionLowering::exception_slots(llvm::Value* exception) {
  return builder_.CreateConstGEP1_64(builder_.getInt8Ty(), exception, offsetof(ExceptionRecord, slots));
}

void FunctionLowering::push_carried(llvm::Value* exception, std::uint32_t tag) {
  Slots slots(module_, builder_, exception_slots(exception));
  for (ValueType type : module_.source.tag_type(tag).parameters) push(slots.load_next(type));
}

// To the innermost open handler of the controls before `outside`, or out of
// the function. Ends the block.
void FunctionLowering::raise(llvm::Value* exception, std::size_t outside) {
  const auto after = std::ranges::lower_bound(handlers_, outside);
  if (after != handlers_.begin()) {
    const Handler& handler = controls_[*std::prev(after)].handler;
    builder_.CreateStore(exception, handler.slot);
    builder_.CreateBr(handler.dispatch);
    return;
  }
  call_builtin(offsetof(Builtins, throw_exception), builder_.getVoidTy(), {exception});
  builder_.CreateUnreachable();
}

// Goes on where the exception has this tag; gives the block for when it has not.
llvm::BasicBlock* FunctionLowering::match_tag(llvm::Value* exception, std::uint32_t tag) {
  auto* actual = builder_.CreateLoad(builder_.getPtrTy(), exception);
  auto* expected = load_field(builder_.getPtrTy(), module_.layout.tag(tag));
  auto* matches = new_block("catch");
  auto* otherwise = new_block("dispatch");
  builder_.CreateCondBr(builder_.CreateICmpEQ(actual, expected), matches, otherwise);
  start(matches);
  return otherwise;
}

// The clauses branch to labels outside, so the dispatch is made beforehand.
void FunctionLowering::begin_try_table(const Operator& op) {
  Handler handler = make_handler();
  auto* before = builder_.GetInsertBlock();
  const std::size_t operands = stack_.size();
  start(handler.dispatch);
  auto* exception = caught_exception(handler);
  bool catches_all = false;
  for (const CatchClause& clause : op.catches) {
    catches_all = !clause.has_tag();
    auto* otherwise = clause.has_tag() ? match_tag(exception, clause.tag) : nullptr;
    if (clause.has_tag()) push_carried(exception, clause.tag);
    if (clause.has_reference()) push(exception);
    Control& target = label(clause.label);
    add_incoming(target);
    builder_.CreateBr(target.target);
    stack_.resize(operands);
    if (catches_all) break;
    start(otherwise);
  }
  if (!catches_all) raise(exception, controls_.size());
  builder_.SetInsertPoint(before);
  handler.rest = nullptr;
  begin_block(op);
  controls_.back().opcode = Opcode::try_table;
  open_handler(handler);
}

void FunctionLowering::begin_catch(const Operator& op) {
  Control& control = controls_.back();
  if (!unreachable_) {
    add_incoming(control);
    builder_.CreateBr(control.end);
  }
  unreachable_ = false;
  control.opcode = op.opcode();
  close_handler(control);  // what its clauses throw goes further out
  stack_.resize(control.height);
  start(control.handler.rest);
  auto* exception = caught_exception(control.handler);
  if (op.opcode() == Opcode::catch_) {
    control.handler.rest = match_tag(exception, op.index);
    push_carried(exception, op.index);
  } else {
    control.handler.rest = nullptr;
  }
}

// The handlers of the label's try, if it is one, come first.
void FunctionLowering::end_delegate(const Operator& op) {
  const std::size_t outside = controls_.size() - 1 - op.index;
  pass_on(controls_.back(), outside);
  end_block();
}

// What none of the clauses caught goes on outward.
void FunctionLowering::pass_on(Control& control, std::size_t outside) {
  auto* rest = std::exchange(control.handler.rest, nullptr);
  if (rest == nullptr) return;
  auto* before = builder_.GetInsertBlock();
  start(rest);
  raise(caught_exception(control.handler), outside);
  builder_.SetInsertPoint(before);
}

}  // namespace tenon::compiler
