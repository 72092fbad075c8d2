// From a validated module to the artifact's plan, memory image and note.
#include <algorithm>

#include "artifact/machine/cpu_features.hpp"
#include "artifact/protocols.hpp"
#include "base/sha256.hpp"
#include "compiler/analyze/constant_tables.hpp"
#include "compiler/emit/artifact_data.hpp"

namespace tenon::compiler {

namespace {

// Where an active segment goes, if that is known now.
std::optional<std::uint64_t> constant_offset(const wasm::DataSegment& segment) {
  if (segment.offset.size() != 1) return std::nullopt;
  const auto& op = segment.offset[0];
  if (op.kind == wasm::ConstantOperator::Kind::i32_const) return static_cast<std::uint32_t>(op.value[0]);
  if (op.kind == wasm::ConstantOperator::Kind::i64_const) return op.value[0];
  return std::nullopt;
}

// An image is made only if every active segment has a constant place inside the
// module's own memory 0, and no segment of elements, which come first, can trap: else
// a function that was put into an imported table could see what is not written yet.
// Then the order of writing them cannot matter to anyone. A sparse image would bloat the file, so it must be dense.
std::optional<MemoryImage> make_image(const wasm::Module& source) {
  constexpr std::uint64_t kPage = artifact::kImageAlignment;
  if (source.memories.empty() || source.imported_memories > 0) return std::nullopt;
  // A 64-bit memory may declare all of 2^64 bytes, one more than a number holds.
  const std::uint64_t size = std::min(source.memories[0].limits.minimum, UINT64_MAX / kPageSize) * kPageSize;
  for (const auto& segment : source.elements) {
    if (segment.mode == wasm::SegmentMode::active && !is_certainly_inside(source, segment))
      return std::nullopt;
  }
  std::uint64_t low = ~std::uint64_t{0}, high = 0, total = 0;
  for (const auto& segment : source.data) {
    if (segment.mode != wasm::SegmentMode::active) continue;
    const auto offset = constant_offset(segment);
    if (!offset || segment.memory != 0) return std::nullopt;
    // No sum that could overflow: the offset may be any 64-bit number.
    if (*offset > size || segment.bytes.size() > size - *offset) return std::nullopt;
    if (segment.bytes.empty()) continue;
    low = std::min(low, *offset);
    high = std::max(high, *offset + segment.bytes.size());
    total += segment.bytes.size();
  }
  if (total == 0 || high - low > 4 * total + (1 << 20)) return std::nullopt;
  MemoryImage image{.start = low / kPage * kPage, .bytes = {}};
  image.bytes.resize((high - image.start + kPage - 1) / kPage * kPage);
  for (const auto& segment : source.data) {
    if (segment.mode != wasm::SegmentMode::active || segment.bytes.empty()) continue;
    std::ranges::copy(segment.bytes, image.bytes.begin() + static_cast<std::ptrdiff_t>(
                                                               *constant_offset(segment) - image.start));
  }
  return image;
}

void add_data(const wasm::Module& source, ArtifactData& out) {
  auto image = make_image(source);
  for (const auto& segment : source.data) {
    const bool in_image = image && segment.mode == wasm::SegmentMode::active;
    out.plan.data.push_back({.mode = segment.mode,
                             .memory = segment.memory,
                             .offset = segment.offset,
                             .data_offset = out.data.size(),
                             .size = segment.bytes.size(),
                             .in_image = in_image});
    if (!in_image) out.data.insert(out.data.end(), segment.bytes.begin(), segment.bytes.end());
  }
  if (image) out.image = std::move(*image);
}

void add_definitions(const wasm::Module& source, artifact::InstantiationPlan& plan) {
  for (auto i = source.imported_tables; i < source.tables.size(); ++i) {
    plan.tables.push_back({source.tables[i], source.table_initials[i - source.imported_tables]});
  }
  plan.memories.assign(source.memories.begin() + source.imported_memories, source.memories.end());
  for (auto i = source.imported_globals; i < source.globals.size(); ++i) {
    plan.globals.push_back({source.globals[i].type, source.globals[i].initial});
  }
  plan.tags.assign(source.tags.begin() + source.imported_tags, source.tags.end());
  for (const auto& segment : source.elements) {
    artifact::ElementPlan element{.mode = segment.mode,
                                  .type = segment.type,
                                  .table = segment.table,
                                  .offset = segment.offset,
                                  .elements = {}};
    element.elements = segment.elements;
    plan.elements.push_back(std::move(element));
  }
}

ArtifactInfo make_info(const artifact::InstantiationPlan& plan, const std::string& declaration,
                       base::ByteView wasm, const CompileOptions& options, llvm::TargetMachine& machine) {
  ArtifactInfo info;
  info.format_version = artifact::kFormatVersion;
  info.abi_version = artifact::kAbiVersion;
  info.producer = "tenon " TENON_VERSION " (LLVM " LLVM_VERSION_STRING ")";
  info.target_triple = machine.getTargetTriple().str();
  info.cpu = machine.getTargetCPU().str();
  const auto* subtarget = machine.getMCSubtargetInfo();
  for (const std::string_view feature : artifact::known_cpu_features()) {
    if (subtarget->checkFeatures("+" + std::string(feature))) info.cpu_features.emplace_back(feature);
  }
  for (auto name : wasm::names(options.features)) info.wasm_features.emplace_back(name);
  info.source_sha256 = base::sha256(wasm);
  info.source_size = wasm.size();
  info.optimization_level = options.optimization_level;
  info.strict = options.strict;
  info.metering = options.metering;
  info.spectre = options.spectre;
  info.bounds = options.bounds;
  info.resettable = options.resettable;
  info.declaration = declaration;
  info.protocol = artifact::detect_protocol(plan.exports, declaration).value_or(Protocol::none);
  info.imports = plan.imports;
  info.exports = plan.exports;
  return info;
}

}  // namespace

std::expected<void, Error> check_declaration(const wasm::Module& source) {
  if (source.declaration.empty()) return {};
  std::vector<ExportType> exports;
  for (const auto& item : source.exports)
    exports.push_back({item.name, source.extern_type(item.kind, item.index)});
  std::vector<ImportType> imports;
  for (const auto& item : source.imports)
    imports.push_back({item.module, item.name, source.extern_type(item.kind, item.index)});
  auto found = artifact::find_declared(exports, source.declaration);
  if (found) {
    auto checked = artifact::check_declared_imports(imports, found->declaration);
    if (checked) return {};
    found = std::unexpected(std::move(checked.error()));
  }
  found.error().phase = Phase::compile;
  return std::unexpected(std::move(found.error()));
}

ArtifactData make_artifact_data(const wasm::Module& source, base::ByteView wasm,
                                const CompileOptions& options, llvm::TargetMachine& machine) {
  ArtifactData out;
  auto& plan = out.plan;
  plan.types = source.types;
  plan.numbered_types = source.types;
  for (const auto& item : source.imports) {
    plan.imports.push_back({item.module, item.name, source.extern_type(item.kind, item.index)});
  }
  for (const auto& item : source.exports) {
    plan.exports.push_back({item.name, source.extern_type(item.kind, item.index), item.index});
  }
  plan.function_types = source.functions;
  std::ranges::copy_if(source.referenced_functions, std::back_inserter(plan.referenced_functions),
                       [&](std::uint32_t f) { return f >= source.imported_functions; });
  plan.start = source.start;
  add_definitions(source, plan);
  add_data(source, out);
  out.note = {.info = make_info(plan, source.declaration, wasm, options, machine),
              .numbered_types = source.types};
  return out;
}

}  // namespace tenon::compiler
