// One LLVM module on its way to machine code, and all that it needs of LLVM:
// independent of any other unit, so that threads can work on several.
#pragma once

#include <memory>

#include "compiler/analyze/shards.hpp"
#include "compiler/emit/artifact_data.hpp"
#include "compiler/lower/module_lowering.hpp"
#include "compiler/optimize/mark_cards.hpp"

namespace tenon::compiler {

// What all units of a compilation share and none changes.
struct UnitSource {
  const wasm::Module& module;
  std::uint64_t module_bytes;
  const CompileOptions& options;
  const ShardPlan& plan;
  const CodeArrays& code_arrays;
  const SymbolNames& names;
};

class Unit {
 public:
  [[nodiscard]] static std::expected<std::unique_ptr<Unit>, Error> make(const UnitSource& source,
                                                                        const UnitPart& part);

  [[nodiscard]] std::expected<void, Error> lower(std::uint32_t body);
  // A body of another shard, for the inliner: none of its code remains as such.
  [[nodiscard]] std::expected<void, Error> lower_borrowed(std::uint32_t body);
  // Errors: internal, where what was lowered is no valid LLVM IR. That is a bug of
  // ours, and what LLVM would make of such code nobody can say.
  [[nodiscard]] std::expected<void, Error> optimize();
  // Makes the functions that optimisation left visible to the descriptor, which
  // is in another unit, and names them.
  [[nodiscard]] std::vector<CodeSymbol> share_functions();
  [[nodiscard]] std::expected<base::Bytes, Error> generate();

  [[nodiscard]] ModuleLowering& lowering() { return *lowering_; }
  [[nodiscard]] llvm::TargetMachine& machine() { return *machine_; }

 private:
  Unit(const UnitSource& source, const UnitPart& part, std::unique_ptr<llvm::TargetMachine> machine);

  [[nodiscard]] MarkedMemories marked_memories() const;
  // How many of the module this unit is made of.
  [[nodiscard]] std::uint64_t bytes() const;

  const CompileOptions& options_;
  const std::uint64_t module_bytes_;
  std::unique_ptr<llvm::TargetMachine> machine_;
  llvm::LLVMContext context_;
  llvm::Module out_;
  std::unique_ptr<ModuleLowering> lowering_;
};

}  // namespace tenon::compiler
