// The read-only data that goes into an artifact beside the code: the note, the
// plan, the data segments and the descriptor that finds them all.
#pragma once

#include "artifact/note.hpp"
#include "artifact/plan.hpp"
#include "compiler/emit/trampolines.hpp"
#include "compiler/lower/module_lowering.hpp"

namespace tenon::compiler {

// Initial contents of memory 0, laid out at compile time so that the runtime
// maps them instead of copying. Empty where the segments do not allow it.
struct MemoryImage {
  std::uint64_t start = 0;  // guest address
  base::Bytes bytes;        // a multiple of artifact::kImageAlignment
};

struct ArtifactData {
  artifact::InstantiationPlan plan;
  MemoryImage image;
  base::Bytes data;  // segments that are not in the image
  artifact::Note note;
};

struct DescriptorFields;  // artifact_data.cpp

// Whether a plugin that declares its functions is one of Tenon's protocol, so that its author
// hears of a mistake now. Errors: as artifact::find_declared, phase compile.
[[nodiscard]] std::expected<void, Error> check_declaration(const wasm::Module& source);

[[nodiscard]] ArtifactData make_artifact_data(const wasm::Module& source, base::ByteView wasm,
                                              const CompileOptions& options, llvm::TargetMachine& machine);

// Before optimisation: entries, thunks, and the functions that must stay since
// the runtime calls them. After it: the descriptor with every address.
class DescriptorBuilder {
 public:
  DescriptorBuilder(ModuleLowering& module, const ArtifactData& data) : module_(module), data_(data) {}
  void make_trampolines();
  // `elsewhere`: code that other objects define.
  void make_descriptor(const std::vector<CodeSymbol>& elsewhere);

 private:
  struct FunctionOffsets {
    std::vector<llvm::Constant*> code, tail_code;  // of each defined function
    bool has_tail_code = false;
  };
  [[nodiscard]] DescriptorFields descriptor_fields(llvm::Constant* note_sha256,
                                                   const std::vector<CodeSymbol>& elsewhere);
  [[nodiscard]] FunctionOffsets function_offsets(const std::vector<CodeSymbol>& elsewhere);
  [[nodiscard]] llvm::Constant* offset_of(llvm::Constant* symbol);
  [[nodiscard]] llvm::GlobalVariable* make_bytes(base::ByteView bytes, const char* name, const char* section,
                                                 std::uint64_t align);
  [[nodiscard]] llvm::GlobalVariable* make_offsets(const std::vector<llvm::Constant*>& offsets,
                                                   const char* name);

  ModuleLowering& module_;
  const ArtifactData& data_;
  std::vector<llvm::Function*> entries_;  // of each type; null where nobody needs it
  std::vector<Thunks> thunks_;            // of each imported function
  llvm::GlobalVariable* descriptor_ = nullptr;
};

}  // namespace tenon::compiler
