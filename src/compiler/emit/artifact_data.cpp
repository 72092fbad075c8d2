#include "compiler/emit/artifact_data.hpp"

#include <algorithm>
#include <map>

#include "artifact/note.hpp"
#include "base/sha256.hpp"
#include "compiler/analyze/cards.hpp"
#include "compiler/emit/code_arrays.hpp"
#include "compiler/lower/bulk_memory.hpp"
#include "compiler/lower/references.hpp"

namespace tenon::compiler {

// The fields of artifact::Descriptor, by their names and in its order: initialisers that
// are out of order do not compile.
struct DescriptorFields {
  using Field = llvm::Constant*;
  Field magic, abi_version, card_shift, note_sha256, plan, plan_size, names, names_size, data, data_size,
      image, image_size, image_start, function_code, tail_code, function_count, entries, type_count,
      import_thunks, import_count;
  static constexpr unsigned kOfEightBytes = 16;  // those from `plan` on

  [[nodiscard]] llvm::SmallVector<Field> in_order() const {
    return {magic,      abi_version,    card_shift, note_sha256, plan,          plan_size,   names,
            names_size, data,           data_size,  image,       image_size,    image_start, function_code,
            tail_code,  function_count, entries,    type_count,  import_thunks, import_count};
  }
};

namespace {
// Everything the descriptor points to, and itself, in one section: the offsets
// then are differences that the linker resolves for good.
constexpr char kDataSection[] = "tenon.rodata";
constexpr char kImageSection[] = "tenon.image";

static_assert(sizeof(artifact::Descriptor) ==
              8 + 4 + 4 + sizeof(base::Sha256) + DescriptorFields::kOfEightBytes * 8);
#define TENON_FOLLOWS(field, before) \
  static_assert(offsetof(artifact::Descriptor, field) == offsetof(artifact::Descriptor, before) + 8)
TENON_FOLLOWS(plan_size, plan);
TENON_FOLLOWS(names, plan_size);
TENON_FOLLOWS(names_size, names);
TENON_FOLLOWS(data, names_size);
TENON_FOLLOWS(data_size, data);
TENON_FOLLOWS(image, data_size);
TENON_FOLLOWS(image_size, image);
TENON_FOLLOWS(image_start, image_size);
TENON_FOLLOWS(function_code, image_start);
TENON_FOLLOWS(tail_code, function_code);
TENON_FOLLOWS(function_count, tail_code);
TENON_FOLLOWS(entries, function_count);
TENON_FOLLOWS(type_count, entries);
TENON_FOLLOWS(import_thunks, type_count);
TENON_FOLLOWS(import_count, import_thunks);
#undef TENON_FOLLOWS

std::vector<std::uint32_t> imported_function_types(const wasm::Module& source) {
  return {source.functions.begin(), source.functions.begin() + source.imported_functions};
}
}  // namespace

void DescriptorBuilder::make_trampolines() {
  const auto& source = module_.source;
  entries_.resize(source.types.size());
  auto need_entry = [&](std::uint32_t type) {
    if (entries_[type] == nullptr) entries_[type] = make_entry(module_, type);
  };
  std::map<std::uint32_t, Thunks> by_type;
  for (std::uint32_t type : imported_function_types(source)) {
    need_entry(type);
    auto [at, is_new] = by_type.try_emplace(type);
    if (is_new) at->second = make_import_thunks(module_, type);
    thunks_.push_back(at->second);
  }
  llvm::SmallVector<llvm::GlobalValue*> kept;
  for (std::uint32_t function : source.referenced_functions) {
    if (module_.is_imported(function)) continue;
    need_entry(source.functions[function]);
    if (!module_.is_defined_here(function)) continue;
    kept.push_back(module_.function(function));
    if (auto* tail_code = module_.tail_code(function)) kept.push_back(tail_code);
  }
  if (source.start && !module_.is_imported(*source.start)) {
    need_entry(source.functions[*source.start]);
    if (module_.is_defined_here(*source.start)) kept.push_back(module_.function(*source.start));
  }
  for (auto* entry : entries_) {
    if (entry != nullptr) kept.push_back(entry);
  }
  for (const auto& thunks : thunks_) {
    if (thunks.typed != nullptr) kept.push_back(thunks.typed);
    kept.push_back(thunks.array);
  }
  if (!module_.part.is_whole()) {  // what the shards may call
    if (!source.memories.empty()) {
      kept.push_back(memory_fill_helper(module_));
      kept.push_back(memory_copy_helper(module_));
    }
    if (!source.tables.empty()) kept.push_back(table_element_helper(module_));
    if (!source.referenced_functions.empty()) kept.push_back(function_reference_helper(module_));
  }
  define_code_arrays(module_);
  // Until the descriptor names them: nothing may delete these or change how
  // they are called.
  if (!kept.empty()) llvm::appendToCompilerUsed(module_.out, kept);
}

llvm::GlobalVariable* DescriptorBuilder::make_bytes(base::ByteView bytes, const char* name,
                                                    const char* section, std::uint64_t align) {
  auto* contents = llvm::ConstantDataArray::getRaw(base::as_text(bytes), bytes.size(),
                                                   llvm::Type::getInt8Ty(module_.context));
  auto* global = new llvm::GlobalVariable(module_.out, contents->getType(), true,
                                          llvm::GlobalValue::InternalLinkage, contents, name);
  global->setSection(section);
  global->setAlignment(llvm::Align(align));
  return global;
}

llvm::Constant* DescriptorBuilder::offset_of(llvm::Constant* symbol) {
  auto* i64 = llvm::Type::getInt64Ty(module_.context);
  if (symbol == nullptr) return llvm::ConstantInt::get(i64, 0);
  return llvm::ConstantExpr::getSub(llvm::ConstantExpr::getPtrToInt(symbol, i64),
                                    llvm::ConstantExpr::getPtrToInt(descriptor_, i64));
}

llvm::GlobalVariable* DescriptorBuilder::make_offsets(const std::vector<llvm::Constant*>& offsets,
                                                      const char* name) {
  auto* type = llvm::ArrayType::get(llvm::Type::getInt64Ty(module_.context), offsets.size());
  auto* global = new llvm::GlobalVariable(module_.out, type, true, llvm::GlobalValue::InternalLinkage,
                                          llvm::ConstantArray::get(type, offsets), name);
  global->setSection(kDataSection);
  global->setAlignment(llvm::Align(8));
  return global;
}

// By name, since optimisation may have replaced a function by one with fewer
// parameters, or inlined it everywhere and dropped it (offset 0).
DescriptorBuilder::FunctionOffsets DescriptorBuilder::function_offsets(
    const std::vector<CodeSymbol>& elsewhere) {
  const auto& source = module_.source;
  const std::size_t count = source.functions.size() - source.imported_functions;
  FunctionOffsets offsets{.code = {count, offset_of(nullptr)}, .tail_code = {count, offset_of(nullptr)}};
  // Safety: also where all such code was inlined. By this the runtime knows that the
  // store needs its memory for arguments, which inlined code writes to as well.
  offsets.has_tail_code = std::ranges::any_of(source.bodies, &wasm::FunctionBody::makes_tail_calls);
  auto add = [&](CodeSymbol symbol, llvm::Function* function) {
    auto& kind = symbol.is_tail_code ? offsets.tail_code : offsets.code;
    kind[symbol.function - source.imported_functions] = offset_of(function);
  };
  for (auto& function : module_.out) {
    if (function.isDeclaration()) continue;
    if (auto symbol = module_.names.find(function.getName())) add(*symbol, &function);
  }
  for (const CodeSymbol symbol : elsewhere) {
    add(symbol, symbol.is_tail_code ? module_.tail_code(symbol.function) : module_.function(symbol.function));
  }
  return offsets;
}

DescriptorFields DescriptorBuilder::descriptor_fields(llvm::Constant* note_sha256,
                                                      const std::vector<CodeSymbol>& elsewhere) {
  auto number = [&](std::uint64_t value) {
    return llvm::ConstantInt::get(llvm::Type::getInt64Ty(module_.context), value);
  };
  auto number32 = [&](std::uint32_t value) {
    return llvm::ConstantInt::get(llvm::Type::getInt32Ty(module_.context), value);
  };
  const auto plan = artifact::encode(data_.plan);
  const auto& function_names = module_.source.function_names;
  const auto names = artifact::encode_names({function_names.begin(), function_names.end()});
  std::vector<llvm::Constant*> entries, thunks;
  for (auto* entry : entries_) entries.push_back(offset_of(entry));
  for (const auto& pair : thunks_) {
    thunks.push_back(offset_of(pair.typed));
    thunks.push_back(offset_of(pair.array));
  }
  const auto& image = data_.image;
  const FunctionOffsets functions = function_offsets(elsewhere);
  return {.magic = number(artifact::Descriptor::kMagic),
          .abi_version = number32(artifact::kAbiVersion),
          .card_shift = number32(cards_of(module_.source, module_.options).shift),
          .note_sha256 = note_sha256,
          .plan = offset_of(make_bytes(plan, "plan", kDataSection, 8)),
          .plan_size = number(plan.size()),
          .names = offset_of(make_bytes(names, "names", kDataSection, 8)),
          .names_size = number(names.size()),
          .data = offset_of(make_bytes(data_.data, "data", kDataSection, 16)),
          .data_size = number(data_.data.size()),
          .image = image.bytes.empty() ? number(0)
                                       : offset_of(make_bytes(image.bytes, "image", kImageSection,
                                                              artifact::kImageAlignment)),
          .image_size = number(image.bytes.size()),
          .image_start = number(image.start),
          .function_code = offset_of(make_offsets(functions.code, "function_code")),
          .tail_code =
              functions.has_tail_code ? offset_of(make_offsets(functions.tail_code, "tail_code")) : number(0),
          .function_count = number(module_.source.bodies.size()),
          .entries = offset_of(make_offsets(entries, "entries")),
          .type_count = number(entries.size()),
          .import_thunks = offset_of(make_offsets(thunks, "import_thunks")),
          .import_count = number(thunks_.size())};
}

void DescriptorBuilder::make_descriptor(const std::vector<CodeSymbol>& elsewhere) {
  finish_code_arrays(module_.out);
  auto& context = module_.context;
  auto* i64 = llvm::Type::getInt64Ty(context);
  auto* i32 = llvm::Type::getInt32Ty(context);
  const auto payload = artifact::encode_note(data_.note);
  const auto digest = base::sha256(payload);
  auto* digest_bytes = llvm::ConstantDataArray::get(context, llvm::ArrayRef(digest.data(), digest.size()));

  llvm::SmallVector<llvm::Type*> fields{i64, i32, i32, digest_bytes->getType()};
  fields.append(DescriptorFields::kOfEightBytes, i64);
  auto* type = llvm::StructType::get(context, fields);
  descriptor_ = new llvm::GlobalVariable(module_.out, type, true, llvm::GlobalValue::InternalLinkage,
                                         llvm::Constant::getNullValue(type), "descriptor");
  descriptor_->setSection(kDataSection);
  descriptor_->setAlignment(llvm::Align(8));
  const DescriptorFields values = descriptor_fields(digest_bytes, elsewhere);
  descriptor_->setInitializer(llvm::ConstantStruct::get(type, values.in_order()));

  auto* symbol = llvm::GlobalAlias::create(type, 0, llvm::GlobalValue::ExternalLinkage,
                                           artifact::kDescriptorSymbol, descriptor_, &module_.out);
  symbol->setVisibility(llvm::GlobalValue::DefaultVisibility);
  auto* note = make_bytes(artifact::wrap_elf_note(payload), "note", artifact::kNoteSection, 4);
  llvm::appendToCompilerUsed(module_.out, {note});
}

}  // namespace tenon::compiler
