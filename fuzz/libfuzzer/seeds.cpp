// Writes seeds for the targets `note`, `compile` and `whole`:
//
//   fuzz_seeds CORPUS_FOLDER MODULE.wasm...
#include <cstdio>
#include <filesystem>

#include "artifact/note.hpp"
#include "artifact/plan.hpp"
#include "compiler/compiler.hpp"
#include "support/process.hpp"

namespace {

using namespace tenon;
namespace fs = std::filesystem;

void write_seed(const fs::path& path, std::uint8_t choice, base::ByteView rest) {
  base::Bytes bytes{choice};
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  tests::write_file(path, bytes);
}

// As much of a plan as the note knows.
artifact::InstantiationPlan plan_of(const artifact::Note& note) {
  const ArtifactInfo& info = note.info;
  artifact::InstantiationPlan plan;
  plan.numbered_types = note.numbered_types;
  plan.imports = info.imports;
  plan.exports = info.exports;
  for (const auto& item : info.exports) {
    if (const auto* type = std::get_if<FunctionType>(&item.type)) plan.types.push_back(*type);
    if (const auto* type = std::get_if<TableType>(&item.type)) plan.tables.push_back({*type});
    if (const auto* type = std::get_if<MemoryType>(&item.type)) plan.memories.push_back(*type);
    if (const auto* type = std::get_if<GlobalType>(&item.type)) plan.globals.push_back({*type, {{}}});
  }
  plan.elements.push_back(
      {.offset = {{}}, .elements = {{{.kind = artifact::ConstantOperator::Kind::ref_func}}}});
  plan.data.push_back({.offset = {{}}, .size = 1});
  return plan;
}

void write_seeds(const fs::path& corpus, const fs::path& wasm) {
  const base::Bytes bytes = tests::read_file(wasm);
  const auto compiled = compiler::compile(bytes, {.optimization_level = 1});
  if (!compiled) return;
  const std::string name = wasm.stem();
  write_seed(corpus / "compile" / name, 5, bytes);
  write_seed(corpus / "whole" / name, 5, bytes);
  write_seed(corpus / "note" / (name + ".note"), 0, artifact::encode_note(compiled->note));
  write_seed(corpus / "note" / (name + ".plan"), 1, artifact::encode(plan_of(compiled->note)));
  write_seed(corpus / "note" / (name + ".names"), 2, artifact::encode_names({{0, "zero"}, {3, name}}));
  if (compiled->bytes.size() < 32768) write_seed(corpus / "note" / (name + ".so"), 3, compiled->bytes);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: fuzz_seeds CORPUS_FOLDER MODULE.wasm...\n"), 2;
  for (const char* target : {"note", "compile", "whole"}) fs::create_directories(fs::path(argv[1]) / target);
  for (int i = 2; i < argc; ++i) write_seeds(argv[1], argv[i]);
}
