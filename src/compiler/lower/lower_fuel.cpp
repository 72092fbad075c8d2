// Metering: charges for what is executed (compiler/analyze/fuel.hpp), in the store's fuel.
#include "compiler/analyze/fuel.hpp"
#include "compiler/lower/function_lowering.hpp"

namespace tenon::compiler {

using artifact::InstanceRecord;
using artifact::StoreRecord;
using wasm::Operator;

// Before the operator is lowered. The charge of a segment is emitted at its first operator
// that costs something, and gets its amount when the segment ends: every body ends in an
// `end`, and what makes code unreachable ends a segment.
void FunctionLowering::charge(const Operator& op) {
  const std::uint64_t cost = fuel_of(op.opcode());
  if (cost > 0 && segment_charge_ == nullptr) {
    segment_charge_ = take_fuel(i64(1));
    segment_cost_ = 0;
  }
  segment_cost_ += cost;
  if (const auto unit = bulk_unit(op.opcode()); unit != BulkFuel::Unit::none) charge_bulk(unit);
  if (segment_charge_ != nullptr && ends_segment(*op.info)) {
    segment_charge_->setOperand(1, i64(segment_cost_));
    segment_charge_ = nullptr;
  }
}

// Safety: a sum that wraps around would be fuel for ever. Fuel is not negative here, and
// no amount is: it is a number of 64 bits, shifted right, or one of few pages.
void FunctionLowering::charge_bulk(BulkFuel::Unit unit) {
  auto* size = builder_.CreateZExt(stack_.back(), builder_.getInt64Ty());
  llvm::Value* amount = nullptr;
  if (unit == BulkFuel::Unit::pages) {
    auto* pages = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, size, i64(BulkFuel::kMostPages));
    amount = builder_.CreateShl(pages, BulkFuel::kLog2OfAPage);
  } else {
    const bool is_bytes = unit == BulkFuel::Unit::bytes;
    amount = builder_.CreateLShr(size, is_bytes ? BulkFuel::kLog2BytesForOne : BulkFuel::kLog2ElementsForOne);
  }
  take_fuel(amount);
}

// Gives the subtraction. Volatile, so that LLVM neither makes one of two charges nor moves
// one past a call, a trap or the end of a loop: the host reads what is left after any of
// these. It overlaps nothing that guests write (Storage::fuel), and so is no barrier to what
// LLVM does with their memory.
llvm::Instruction* FunctionLowering::take_fuel(llvm::Value* amount) {
  auto* place = fuel_place();
  auto* before = load(builder_.getInt64Ty(), place, Storage::fuel, alignof(std::int64_t));
  before->setVolatile(true);
  auto* left = llvm::BinaryOperator::CreateSub(before, amount);
  builder_.Insert(left);
  store(left, place, Storage::fuel, alignof(std::int64_t))->setVolatile(true);
  trap_if(builder_.CreateICmpSLT(left, i64(0)), TrapCode::out_of_fuel);
  return left;
}

// All instances of a store have one: found once, in the entry block.
llvm::Value* FunctionLowering::fuel_place() {
  if (fuel_place_ == nullptr) {
    llvm::IRBuilder<>::InsertPointGuard guard(builder_);
    builder_.SetInsertPoint(entry_->getTerminator());
    auto* store = load_field(builder_.getPtrTy(), offsetof(InstanceRecord, store));
    fuel_place_ = builder_.CreateConstGEP1_64(builder_.getInt8Ty(), store, offsetof(StoreRecord, fuel));
  }
  return fuel_place_;
}

}  // namespace tenon::compiler
