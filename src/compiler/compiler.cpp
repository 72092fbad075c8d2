#include "compiler/compiler.hpp"

#include "compiler/artifact_data.hpp"
#include "compiler/optimize.hpp"
#include "wasm/module.hpp"

namespace tenon::compiler {

namespace {

// Above this many bytes of body, LLVM's optimiser takes time that grows faster
// than the function does; it is then compiled without.
constexpr std::size_t kHugeBody = 256 * 1024;

class Compilation {
 public:
  Compilation(base::ByteView wasm, const CompileOptions& options) : wasm_(wasm), options_(options) {}

  std::expected<CompileResult, Error> run() {
    report(0.0, "reading");
    auto source = wasm::read_module(wasm_, options_.features);
    if (!source) return std::unexpected(source.error());
    auto machine = make_target_machine(options_);
    if (!machine) return std::unexpected(machine.error());
    return compile(*source, **machine);
  }

 private:
  void report(double done, const char* step) const {
    if (options_.progress) options_.progress(done, step);
  }

  std::expected<CompileResult, Error> compile(const wasm::Module& source, llvm::TargetMachine& machine) {
    llvm::LLVMContext context;
    context.setDiscardValueNames(options_.emit != Emit::llvm_ir);
    llvm::Module out("plugin", context);
    out.setTargetTriple(machine.getTargetTriple());
    out.setDataLayout(machine.createDataLayout());
    out.setPICLevel(llvm::PICLevel::BigPIC);
    out.setUwtable(llvm::UWTableKind::Async);

    ModuleLowering module(source, options_, machine, out);
    if (auto lowered = lower_bodies(module); !lowered) return std::unexpected(lowered.error());
    const ArtifactData data = make_artifact_data(source, wasm_, options_, machine);
    DescriptorBuilder descriptor(module, data);
    descriptor.make_trampolines();
    assert(!llvm::verifyModule(out, &llvm::errs()));

    report(0.2, "optimising");
    optimize(out, machine, options_.optimization_level);
    descriptor.make_descriptor();
    report(0.6, "generating code");
    auto bytes = generate(out, machine, options_.emit == Emit::shared_object ? Emit::object : options_.emit);
    if (bytes && options_.emit == Emit::shared_object) {
      report(0.95, "linking");
      bytes = link_shared_object(*bytes);
    }
    if (!bytes) return std::unexpected(bytes.error());
    report(1.0, "done");
    return CompileResult{std::move(*bytes), data.info};
  }

  std::expected<void, Error> lower_bodies(ModuleLowering& module) const {
    const auto& source = module.source;
    for (std::size_t i = 0; i < source.bodies.size(); ++i) {
      const auto index = static_cast<std::uint32_t>(source.imported_functions + i);
      if (auto lowered = lower_function(module, index); !lowered) return lowered;
      if (source.bodies[i].code.size() > kHugeBody) {
        module.body(index)->addFnAttr(llvm::Attribute::OptimizeNone);
        module.body(index)->addFnAttr(llvm::Attribute::NoInline);
      }
    }
    return {};
  }

  base::ByteView wasm_;
  const CompileOptions& options_;
};

}  // namespace

std::expected<CompileResult, Error> compile(base::ByteView wasm, const CompileOptions& options) {
  return Compilation(wasm, options).run();
}

}  // namespace tenon::compiler
