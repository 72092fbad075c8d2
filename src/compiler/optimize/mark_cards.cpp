#include "compiler/optimize/mark_cards.hpp"

#include <llvm/IR/Dominators.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>

#include "artifact/abi.hpp"
#include "compiler/optimize/pointer_sum.hpp"

namespace tenon::compiler {
namespace {

using artifact::kCardReach;
using artifact::kCardsBefore;

struct Write {
  llvm::Instruction* at;
  llvm::Value* pointer;
  std::uint64_t bytes;
  bool is_certain = true;  // false: perhaps it does not happen, and the pointer may be anything
};

[[noreturn]] void refuse(const llvm::Instruction& instruction) {
  std::string text;
  llvm::raw_string_ostream out(text);
  instruction.print(out);
  llvm::report_fatal_error(llvm::Twine("no marks for cards are known of: ") + text);
}

// What an instruction writes; nothing where it is a call of other code, which marks by itself.
void add_writes(llvm::Instruction& instruction, const llvm::DataLayout& layout,
                llvm::SmallVectorImpl<Write>& writes) {
  const auto size = [&](const llvm::Value* value) {
    return layout.getTypeStoreSize(value->getType()).getFixedValue();
  };
  if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) {
    writes.push_back({store, store->getPointerOperand(), size(store->getValueOperand())});
  } else if (auto* modify = llvm::dyn_cast<llvm::AtomicRMWInst>(&instruction)) {
    writes.push_back({modify, modify->getPointerOperand(), size(modify->getValOperand())});
  } else if (auto* exchange = llvm::dyn_cast<llvm::AtomicCmpXchgInst>(&instruction)) {
    writes.push_back({exchange, exchange->getPointerOperand(), size(exchange->getNewValOperand())});
  } else if (auto* intrinsic = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction)) {
    if (!intrinsic->mayWriteToMemory() || intrinsic->onlyAccessesInaccessibleMemory()) return;
    switch (intrinsic->getIntrinsicID()) {
      case llvm::Intrinsic::lifetime_start:
      case llvm::Intrinsic::lifetime_end:
      case llvm::Intrinsic::ubsantrap:
      case llvm::Intrinsic::trap: return;
      case llvm::Intrinsic::masked_store:
        writes.push_back({intrinsic, intrinsic->getArgOperand(1), size(intrinsic->getArgOperand(0)), false});
        return;
      case llvm::Intrinsic::masked_scatter: {
        // Lanes that the mask leaves out may have any address.
        llvm::IRBuilder<> builder(intrinsic);
        auto* pointers = intrinsic->getArgOperand(1);
        auto* type = llvm::cast<llvm::FixedVectorType>(pointers->getType());
        const std::uint64_t bytes = size(intrinsic->getArgOperand(0)) / type->getNumElements();
        for (unsigned lane = 0; lane < type->getNumElements(); ++lane)
          writes.push_back({intrinsic, builder.CreateExtractElement(pointers, lane), bytes, false});
        return;
      }
      default: break;
    }
    auto* memory = llvm::dyn_cast<llvm::AnyMemIntrinsic>(intrinsic);
    auto* length = memory != nullptr ? llvm::dyn_cast<llvm::ConstantInt>(memory->getLength()) : nullptr;
    constexpr std::uint64_t kMost = 4096;
    if (length == nullptr || length->getValue().ugt(kMost)) refuse(instruction);
    writes.push_back({memory, memory->getRawDest(), length->getZExtValue()});
  } else if (instruction.mayWriteToMemory() && !llvm::isa<llvm::CallBase>(instruction) &&
             !llvm::isa<llvm::FenceInst, llvm::LoadInst>(instruction)) {
    refuse(instruction);
  }
}

// Safety: at any other pointer the code would look for cards where a guest can write.
llvm::Argument* instance_of(llvm::Function& function) {
  for (auto& argument : function.args()) {
    if (function.getAttributes().hasParamAttr(argument.getArgNo(), kInstance)) return &argument;
  }
  llvm::report_fatal_error(llvm::Twine("a function that writes to memory has lost its instance: ") +
                           function.getName());
}

class Marker {
 public:
  Marker(llvm::Function& function, const MarkedMemories& memories)
      : function_(function),
        memories_(memories),
        layout_(function.getDataLayout()),
        instance_(instance_of(function)),
        bases_(memories.bases.size(), nullptr) {}

  // Returns whether anything was marked.
  bool run(llvm::DominatorTree& tree) {
    // Depth first without recursion: a guest chooses how deep the tree is.
    struct Visit {
      llvm::DomTreeNode* node;
      std::size_t next_child, marks_before;
    };
    std::vector<Visit> path;
    const auto enter = [&](llvm::DomTreeNode* node) {
      path.push_back({node, 0, made_.size()});
      mark(*node->getBlock());
    };
    enter(tree.getRootNode());
    while (!path.empty()) {
      Visit& visit = path.back();
      if (visit.next_child < visit.node->getNumChildren()) {
        enter(*std::next(visit.node->begin(), static_cast<std::ptrdiff_t>(visit.next_child++)));
        continue;
      }
      forget(visit.marks_before);
      path.pop_back();
    }
    return changed_;
  }

 private:
  // A write that still needs a mark.
  struct Unmarked {
    std::size_t origin;  // its number
    std::int64_t offset;
    std::int64_t end;
    std::size_t order;
    std::size_t memory;
    llvm::Instruction* at;
  };

  void mark(llvm::BasicBlock& block) {
    llvm::SmallVector<Write> writes;
    for (auto& instruction : block) add_writes(instruction, layout_, writes);
    std::vector<Unmarked> unmarked;
    for (const Write& write : writes) {
      const Target target = write.is_certain ? target_of(write.pointer) : Target{.kind = Target::Kind::any};
      if (target.kind == Target::Kind::elsewhere) continue;
      if (target.kind == Target::Kind::any) {
        mark_where_inside(write);
        continue;
      }
      const PointerSum sum = sum_of(write.pointer, layout_);
      const std::size_t origin = number_of(sum.origin);
      // In steps that one mark covers.
      for (std::uint64_t done = 0; done < write.bytes; done += kCardReach) {
        const auto from = static_cast<std::int64_t>(sum.offset + done);
        const auto bytes = static_cast<std::int64_t>(std::min(kCardReach, write.bytes - done));
        if (!is_marked(origin, from, from + bytes))
          unmarked.push_back({origin, from, from + bytes, unmarked.size(), target.memory, write.at});
      }
    }
    mark_all(std::move(unmarked));
  }

  // One mark for all with the same origin that it reaches, before the first of them.
  void mark_all(std::vector<Unmarked> unmarked) {
    std::ranges::stable_sort(unmarked, [&](const Unmarked& a, const Unmarked& b) {
      return std::pair(a.origin, a.offset) < std::pair(b.origin, b.offset);
    });
    for (std::size_t i = 0; i < unmarked.size();) {
      const Unmarked& lowest = unmarked[i];
      const Unmarked* first = &lowest;
      for (; i < unmarked.size() && unmarked[i].origin == lowest.origin &&
             reaches(lowest.offset, unmarked[i].end);
           ++i) {
        if (unmarked[i].order < first->order) first = &unmarked[i];
      }
      make_mark(lowest, *first->at);
    }
  }

  static bool reaches(std::int64_t offset, std::int64_t end) {
    return end <= offset + static_cast<std::int64_t>(kCardReach);
  }

  // The order of origins must not hang on their addresses: the same module gives the same bytes.
  std::size_t number_of(const Origin& origin) {
    const auto [found, is_new] = numbers_.try_emplace(origin.key(), origins_.size());
    if (is_new) {
      origins_.push_back(origin);
      marks_.emplace_back();
    }
    return found->second;
  }

  bool is_marked(std::size_t origin, std::int64_t offset, std::int64_t end) const {
    // The latest only: a guest may write a thousand fields of one object.
    constexpr std::size_t kLooksAt = 16;
    const auto& marks = marks_[origin];
    const std::size_t skipped = marks.size() > kLooksAt ? marks.size() - kLooksAt : 0;
    return std::ranges::any_of(llvm::ArrayRef(marks).drop_front(skipped),
                               [&](std::int64_t mark) { return mark <= offset && reaches(mark, end); });
  }

  void forget(std::size_t marks_before) {
    while (made_.size() > marks_before) {
      marks_[made_.back()].pop_back();
      made_.pop_back();
    }
  }

  void make_mark(const Unmarked& lowest, llvm::Instruction& before) {
    llvm::IRBuilder<> builder(&before);
    auto* base = base_of(lowest.memory);
    // Signed: the lowest of several addresses may be just below the memory, where a write
    // before it traps.
    auto* card = builder.CreateAShr(address_of(builder, lowest, base), memories_.shift);
    set(builder, base, card);
    marks_[lowest.origin].push_back(lowest.offset);
    made_.push_back(lowest.origin);
  }

  // In the memory: the sum of the indices, where the root is the base.
  llvm::Value* address_of(llvm::IRBuilder<>& builder, const Unmarked& write, llvm::Value* base) const {
    const Origin& origin = origins_[write.origin];
    llvm::Value* sum = builder.getInt64(static_cast<std::uint64_t>(write.offset));
    for (auto* index : origin.indices) {
      if (index != nullptr) sum = builder.CreateAdd(index, sum);
    }
    return is_load_of_base(origin.root) ? sum : builder.CreateAdd(distance(builder, origin.root, base), sum);
  }

  static llvm::Value* distance(llvm::IRBuilder<>& builder, llvm::Value* pointer, llvm::Value* base) {
    return builder.CreateSub(builder.CreatePtrToInt(pointer, builder.getInt64Ty()),
                             builder.CreatePtrToInt(base, builder.getInt64Ty()));
  }

  void set(llvm::IRBuilder<>& builder, llvm::Value* base, llvm::Value* card) {
    auto* place = builder.CreateSub(card, builder.getInt64(kCardsBefore));
    builder.CreateAlignedStore(builder.getInt8(1), builder.CreateGEP(builder.getInt8Ty(), base, place),
                               llvm::Align(1));
    changed_ = true;
  }

  // The pointer may lie in any memory or in none, or some bytes below one where the first of
  // them are left out. Only where bytes lie inside a memory as large as it is now, its card is
  // set; else the byte in front of all cards.
  void mark_where_inside(const Write& write) {
    llvm::IRBuilder<> builder(write.at);
    auto* none = builder.getInt64(UINT64_MAX);
    for (std::size_t memory = 0; memory < bases_.size(); ++memory) {
      auto* base = base_of(memory);
      auto* size = size_of(builder, memory);
      auto* from = distance(builder, write.pointer, base);
      for (std::uint64_t done = 0; done < write.bytes; done += kCardReach) {
        auto* address = done == 0 ? from : builder.CreateAdd(from, builder.getInt64(done));
        auto* end = builder.CreateAdd(address, builder.getInt64(std::min(kCardReach, write.bytes - done)));
        auto* inside = builder.CreateAnd(builder.CreateICmpSLT(address, size),
                                         builder.CreateICmpSGT(end, builder.getInt64(0)));
        auto* card = builder.CreateAShr(address, memories_.shift);
        set(builder, base, builder.CreateSelect(inside, card, none));
      }
    }
  }

  llvm::Value* size_of(llvm::IRBuilder<>& builder, std::size_t memory) {
    auto* record = builder.CreateLoad(
        builder.getPtrTy(),
        builder.CreateConstGEP1_64(builder.getInt8Ty(), instance_, memories_.records[memory]));
    return builder.CreateLoad(
        builder.getInt64Ty(),
        builder.CreateConstGEP1_64(builder.getInt8Ty(), record, offsetof(artifact::MemoryRecord, size)));
  }

  // Loaded at the function's start: it never changes.
  llvm::Value* base_of(std::size_t memory) {
    auto*& base = bases_[memory];
    if (base == nullptr) {
      llvm::IRBuilder<> builder(&*function_.getEntryBlock().getFirstNonPHIOrDbgOrAlloca());
      auto* field = builder.CreateConstGEP1_64(builder.getInt8Ty(), instance_, memories_.bases[memory]);
      auto* load = builder.CreateLoad(builder.getPtrTy(), field);
      load->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(function_.getContext(), {}));
      base = load;
    }
    return base;
  }

  // Whether it is the base of some memory; which one, target_of has seen.
  static bool is_load_of_base(const llvm::Value* value) { return llvm::isa<llvm::LoadInst>(value); }

  struct Target {
    enum class Kind : std::uint8_t { memory, elsewhere, any } kind = Kind::any;
    std::size_t memory = 0;
  };

  // What the pointer points into, if all ways to it say the same.
  Target target_of(llvm::Value* pointer) const {
    constexpr std::size_t kMostValues = 16;
    llvm::SmallVector<llvm::Value*, kMostValues> values{pointer};
    std::optional<Target> all;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values.size() > kMostValues) return {};
      const auto look_at = [&](llvm::Value* next) {
        if (!llvm::is_contained(values, next)) values.push_back(next);
      };
      if (auto* access = llvm::dyn_cast<llvm::GEPOperator>(values[i])) {
        look_at(access->getPointerOperand());
      } else if (auto* phi = llvm::dyn_cast<llvm::PHINode>(values[i])) {
        for (auto& incoming : phi->incoming_values()) look_at(incoming);
      } else if (auto* select = llvm::dyn_cast<llvm::SelectInst>(values[i])) {
        look_at(select->getTrueValue());
        look_at(select->getFalseValue());
      } else {
        const Target target = target_of_root(values[i]);
        if (all && (all->kind != target.kind || all->memory != target.memory)) return {};
        all = target;
      }
    }
    return all.value_or(Target{});
  }

  Target target_of_root(llvm::Value* root) const {
    if (llvm::isa<llvm::AllocaInst>(root) || root == instance_) return {Target::Kind::elsewhere};
    auto* load = llvm::dyn_cast<llvm::LoadInst>(root);
    if (load == nullptr) return {};
    llvm::APInt offset(64, 0);
    if (load->getPointerOperand()->stripAndAccumulateConstantOffsets(layout_, offset, true) != instance_)
      return {};
    const auto found = std::ranges::find(memories_.bases, offset.getZExtValue());
    if (found == memories_.bases.end()) return {Target::Kind::elsewhere};
    return {Target::Kind::memory, static_cast<std::size_t>(found - memories_.bases.begin())};
  }

  llvm::Function& function_;
  const MarkedMemories& memories_;
  const llvm::DataLayout& layout_;
  llvm::Argument* const instance_;
  std::vector<llvm::Value*> bases_;
  std::vector<Origin> origins_;
  llvm::DenseMap<decltype(Origin{}.key()), std::size_t> numbers_;
  // The marks that have been made wherever control now is: the offsets of the bytes from which
  // on, by the origin's number; and those numbers, in order.
  std::vector<llvm::SmallVector<std::int64_t, 2>> marks_;
  std::vector<std::size_t> made_;
  bool changed_ = false;
};

}  // namespace

llvm::PreservedAnalyses MarkCardsPass::run(llvm::Function& function,
                                           llvm::FunctionAnalysisManager& analyses) {
  if (memories_.bases.empty() || !function.hasFnAttribute(kTouchesMemory))
    return llvm::PreservedAnalyses::all();
  const bool changed =
      Marker(function, memories_).run(analyses.getResult<llvm::DominatorTreeAnalysis>(function));
  if (!changed) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace tenon::compiler
