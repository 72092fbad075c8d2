#include "compiler/unit.hpp"

#include "base/error.hpp"
#include "compiler/analyze/cards.hpp"
#include "compiler/lower/function_lowering.hpp"
#include "compiler/machine/target.hpp"
#include "compiler/optimize/huge.hpp"
#include "compiler/optimize/optimize.hpp"

namespace tenon::compiler {

std::expected<std::unique_ptr<Unit>, Error> Unit::make(const UnitSource& source, const UnitPart& part) {
  CompileOptions options = source.options;
  if (part.is_huge) options.optimization_level = 0;
  auto machine = make_target_machine(options);
  if (!machine) return std::unexpected(machine.error());
  return std::unique_ptr<Unit>(new Unit(source, part, std::move(*machine)));
}

Unit::Unit(const UnitSource& source, const UnitPart& part, std::unique_ptr<llvm::TargetMachine> machine)
    : options_(source.options),
      module_bytes_(source.module_bytes),
      machine_(std::move(machine)),
      out_("plugin", context_) {
  context_.setDiscardValueNames(options_.emit != Emit::llvm_ir);
  out_.setTargetTriple(machine_->getTargetTriple());
  out_.setDataLayout(machine_->createDataLayout());
  out_.setPICLevel(llvm::PICLevel::BigPIC);
  out_.setUwtable(llvm::UWTableKind::Async);
  lowering_ = std::make_unique<ModuleLowering>(source.module, source.code_arrays, source.names, options_,
                                               *machine_, out_, part);
}

std::expected<void, Error> Unit::lower(std::uint32_t body) {
  return lower_function(*lowering_, lowering_->source.imported_functions + body);
}

std::expected<void, Error> Unit::lower_borrowed(std::uint32_t body) {
  auto lowered = lower(body);
  const std::uint32_t index = lowering_->source.imported_functions + body;
  lowering_->function(index)->setLinkage(llvm::GlobalValue::AvailableExternallyLinkage);
  lowering_->body(index)->setLinkage(llvm::GlobalValue::AvailableExternallyLinkage);
  return lowered;
}

// What the pass has to know of cards_of.
MarkedMemories Unit::marked_memories() const {
  const Cards cards = cards_of(lowering_->source, options_);
  MarkedMemories marked{.bases = {}, .records = {}, .shift = cards.shift};
  for (const std::uint32_t memory : cards.memories) {
    marked.bases.push_back(lowering_->layout.memory_base(memory));
    marked.records.push_back(lowering_->layout.memory(memory));
  }
  return marked;
}

std::expected<void, Error> Unit::optimize() {
  std::string complaint;
  llvm::raw_string_ostream out(complaint);
  // Safety: in release builds too. Invalid IR is silently made into any code.
  if (llvm::verifyModule(out_, &out)) {
    return base::fail(Phase::compile, ErrorCode::internal,
                      "LLVM's verifier refuses what this module was lowered to (" +
                          complaint.substr(0, complaint.find('\n')) + "); please report it with the module");
  }
  const MarkedMemories marked = marked_memories();
  if (lowering_->part.is_huge) {
    optimize_huge(out_, *machine_, marked);
  } else {
    WorkBudget budget = WorkBudget::of(bytes(), options_.optimization_level);
    compiler::optimize(out_, *machine_, options_.optimization_level, !lowering_->part.is_whole(), marked,
                       budget);
  }
  return {};
}

// What is not of any body goes with the whole module, or into a unit without bodies.
std::uint64_t Unit::bytes() const {
  const auto& bodies = lowering_->source.bodies;
  const auto sum = [&](std::size_t first, std::size_t end) {
    std::uint64_t bytes = 0;
    for (std::size_t body = first; body < end; ++body) bytes += bodies[body].code.size();
    return bytes;
  };
  const UnitPart& part = lowering_->part;
  const std::uint64_t here = sum(part.first, part.end);
  if (!part.is_whole() && here > 0) return here;
  return here + module_bytes_ - sum(0, bodies.size());
}

std::vector<CodeSymbol> Unit::share_functions() {
  std::vector<CodeSymbol> symbols;
  for (auto& function : out_) {
    if (function.isDeclarationForLinker()) continue;
    const auto symbol = lowering_->names.find(function.getName());
    if (!symbol) continue;
    function.setLinkage(llvm::GlobalValue::ExternalLinkage);
    function.setVisibility(llvm::GlobalValue::HiddenVisibility);
    symbols.push_back(*symbol);
  }
  return symbols;
}

std::expected<base::Bytes, Error> Unit::generate() {
  const bool is_object = options_.emit == Emit::shared_object || options_.emit == Emit::object;
  if (is_object && lowering_->part.is_huge) return generate_huge(out_, *machine_);
  return compiler::generate(out_, *machine_, is_object ? Emit::object : options_.emit);
}

}  // namespace tenon::compiler
