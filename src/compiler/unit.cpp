#include "compiler/unit.hpp"

#include "compiler/optimize.hpp"

namespace tenon::compiler {

std::expected<std::unique_ptr<Unit>, Error> Unit::make(const UnitSource& source, const Part& part,
                                                       bool huge) {
  CompileOptions options = source.options;
  if (huge) options.optimization_level = 0;
  auto machine = make_target_machine(options);
  if (!machine) return std::unexpected(machine.error());
  return std::unique_ptr<Unit>(new Unit(source, part, huge, std::move(*machine)));
}

Unit::Unit(const UnitSource& source, const Part& part, bool huge,
           std::unique_ptr<llvm::TargetMachine> machine)
    : options_(source.options), huge_(huge), machine_(std::move(machine)), out_("plugin", context_) {
  context_.setDiscardValueNames(options_.emit != Emit::llvm_ir);
  out_.setTargetTriple(machine_->getTargetTriple());
  out_.setDataLayout(machine_->createDataLayout());
  out_.setPICLevel(llvm::PICLevel::BigPIC);
  out_.setUwtable(llvm::UWTableKind::Async);
  lowering_ = std::make_unique<ModuleLowering>(source.module, options_, *machine_, out_, part);
}

std::expected<void, Error> Unit::lower(std::uint32_t body) {
  return lower_function(*lowering_, lowering_->source.imported_functions + body);
}

std::expected<void, Error> Unit::lower_borrowed(std::uint32_t body) {
  auto lowered = lower(body);
  lowering_->function(lowering_->source.imported_functions + body)
      ->setLinkage(llvm::GlobalValue::AvailableExternallyLinkage);
  return lowered;
}

void Unit::optimize() {
  assert(!llvm::verifyModule(out_, &llvm::errs()));
  if (huge_) {
    optimize_huge(out_, *machine_);
  } else {
    compiler::optimize(out_, *machine_, options_.optimization_level);
  }
}

std::vector<CodeElsewhere> Unit::share_functions() {
  std::vector<CodeElsewhere> shared;
  for (auto& function : out_) {
    if (function.isDeclarationForLinker()) continue;
    llvm::StringRef name = function.getName();
    const bool is_tail_code = name.consume_back(kTailSuffix);
    const auto index = function_of_symbol(name);
    if (!index) continue;
    function.setLinkage(llvm::GlobalValue::ExternalLinkage);
    function.setVisibility(llvm::GlobalValue::HiddenVisibility);
    shared.push_back({*index, is_tail_code});
  }
  return shared;
}

std::expected<base::Bytes, Error> Unit::generate() {
  return compiler::generate(out_, *machine_,
                            options_.emit == Emit::shared_object ? Emit::object : options_.emit);
}

}  // namespace tenon::compiler
