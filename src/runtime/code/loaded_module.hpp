// An artifact in memory: what its descriptor and plan say, checked once, so
// that instantiating and calling need no check again. Immutable and shared
// between threads (names are decoded on first use, under a lock).
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <tenon/artifact_info.hpp>
#include <tenon/error.hpp>
#include <tenon/module.hpp>

#include "artifact/abi.hpp"
#include "artifact/artifact_file.hpp"
#include "artifact/plan.hpp"
#include "base/address_range.hpp"
#include "base/bytes.hpp"
#include "base/type_registry.hpp"
#include "runtime/code/elf_mapping.hpp"
#include "runtime/code/shared_object.hpp"
#include "runtime/code/unwind_table.hpp"
#include "runtime/memory/image.hpp"
#include "runtime/memory/linear_memory.hpp"

namespace tenon::runtime {

// Guest-convention code that calls a host function.
struct ImportCode {
  const void* typed;  // null where the type has none
  const void* array;
};

class LoadedModule {
 public:
  [[nodiscard]] static std::expected<std::shared_ptr<const LoadedModule>, Error> load(
      const std::filesystem::path& path, const LoadOptions& options);
  ~LoadedModule() = default;
  LoadedModule(const LoadedModule&) = delete;
  LoadedModule& operator=(const LoadedModule&) = delete;

  [[nodiscard]] const ArtifactInfo& info() const { return info_; }
  [[nodiscard]] const std::optional<SignatureInfo>& signature() const { return signature_; }
  [[nodiscard]] const artifact::InstantiationPlan& plan() const { return plan_; }
  [[nodiscard]] const artifact::InstanceCounts& counts() const { return counts_; }
  [[nodiscard]] const artifact::InstanceLayout& layout() const { return layout_; }
  [[nodiscard]] const UnwindTable& unwind_table() const { return unwind_table_; }
  [[nodiscard]] bool makes_tail_calls() const { return !tail_code_.empty(); }
  [[nodiscard]] base::AddressRange text() const { return mapping_.text(); }
  // Of memory 0, where the module defines it.
  [[nodiscard]] const MemoryStart& memory_start() const { return memory_start_; }
  // Of the memories that artifact/cards.hpp says; 0: its code marks no cards.
  [[nodiscard]] unsigned card_shift() const { return descriptor_->card_shift; }
  // Places for its memories; null where its code relies on guards around them.
  [[nodiscard]] const std::shared_ptr<SlotArena>& slots() const { return slots_; }
  // The bytes of a segment that is not in the image.
  [[nodiscard]] base::ByteView data(const artifact::DataPlan& segment) const {
    return data_.subspan(segment.data_offset, segment.size);
  }
  // The active segments of the plan that are not in the image.
  [[nodiscard]] std::span<const std::uint32_t> data_to_write() const { return data_to_write_; }

  // The place of a function's record among InstanceLayout::referenced_function.
  // Precondition: references are made to the function.
  [[nodiscard]] std::uint32_t record_index(std::uint32_t function_index) const {
    return record_indices_[function_index - counts_.imported_functions];
  }
  // Canonical ids of the plan's types.
  [[nodiscard]] std::span<const std::uint32_t> type_ids() const { return type_ids_; }
  // Code for an imported function; its entry is that of its type.
  [[nodiscard]] ImportCode import_code(std::uint32_t import) const { return import_code_[import]; }
  // A record without context, of any defined function: the start function needs one, too.
  [[nodiscard]] artifact::FunctionRecord record_for(std::uint32_t function_index) const;

  [[nodiscard]] const ExportType* find_export(std::string_view name) const;
  // The memory that host functions see: exported as "memory", or the only one.
  [[nodiscard]] std::optional<std::uint32_t> main_memory() const { return main_memory_; }

  // The function that a program counter lies in; nullopt in a thunk or trampoline.
  [[nodiscard]] std::optional<Frame> describe(std::uintptr_t pc) const;

 private:
  LoadedModule(std::shared_ptr<const File> file, std::string name)
      : file_(std::move(file)), name_(std::move(name)), layout_({}) {}

  struct CodeStart {
    std::uintptr_t address;
    std::uint32_t function;  // kNoFunction for a thunk or trampoline
  };
  static constexpr std::uint32_t kNoFunction = ~std::uint32_t{0};

  std::expected<void, Error> open(const std::filesystem::path& path);
  std::expected<void, Error> open_library(const std::filesystem::path& path);
  bool belongs_to_note() const;
  std::expected<void, Error> read_descriptor();
  std::expected<void, Error> read_tables();
  std::expected<void, Error> read_memory_start();
  std::expected<void, Error> read_segments();
  std::expected<void, Error> index_types();
  void index_records();
  void index_exports();
  void index_code() const;
  std::string name_of(std::uint32_t function) const;

  [[nodiscard]] std::unexpected<Error> fail(ErrorCode code, const std::string& what) const;
  [[nodiscard]] std::unexpected<Error> corrupt(const char* what) const;
  [[nodiscard]] std::uintptr_t at(std::int64_t offset) const {
    return reinterpret_cast<std::uintptr_t>(descriptor_) + static_cast<std::uintptr_t>(offset);
  }
  // `count` elements of T at an offset from the descriptor, if all are mapped.
  template <typename T>
  [[nodiscard]] std::optional<std::span<const T>> array_at(std::int64_t offset, std::uint64_t count) const;
  [[nodiscard]] const void* code_at(std::int64_t offset) const;

  std::shared_ptr<const File> file_;  // or a copy of it; before the library, which needs it
  std::string name_;                  // of the file, for messages
  SharedObject library_;
  ArtifactInfo info_;
  std::optional<SignatureInfo> signature_;
  base::Sha256 note_sha256_{};
  const artifact::Descriptor* descriptor_ = nullptr;
  ElfMapping mapping_;
  UnwindTable unwind_table_;
  artifact::InstantiationPlan plan_;
  artifact::InstanceCounts counts_;
  artifact::InstanceLayout layout_;
  base::ByteView data_;
  std::vector<std::uint32_t> data_to_write_;
  base::ByteView encoded_names_;
  MemoryStart memory_start_;
  std::shared_ptr<SlotArena> slots_;
  std::vector<std::uint32_t> type_ids_;
  base::TypeUses types_used_;                     // of those
  std::vector<const void*> function_code_;        // defined functions
  std::vector<const void*> tail_code_;            // the same; empty where none has any
  std::vector<artifact::EntryFunction> entries_;  // of types
  std::vector<ImportCode> import_code_;
  std::vector<std::uint32_t> record_indices_;  // of defined functions
  // By name, into plan_. Sorted: names are chosen by whoever wrote the module,
  // who can make all of them collide in a hash table.
  std::vector<const ExportType*> exports_;
  std::optional<std::uint32_t> main_memory_;

  mutable std::once_flag code_indexed_;
  mutable std::vector<CodeStart> code_;  // by address
  mutable artifact::FunctionNames names_;
};

}  // namespace tenon::runtime
