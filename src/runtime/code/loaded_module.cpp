#include "runtime/code/loaded_module.hpp"

#include <dlfcn.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.hpp"
#include "base/type_registry.hpp"
#include "runtime/code/private_copy.hpp"
#include "runtime/code/process_types.hpp"
#include "runtime/code/signed_copy.hpp"

namespace tenon::runtime {

std::expected<std::shared_ptr<const LoadedModule>, Error> LoadedModule::load(
    const std::filesystem::path& path, const LoadOptions& options) {
  if (!options.signature.empty() && !options.trusted_keys) {
    return base::fail(
        Phase::load, ErrorCode::invalid_argument,
        path.string() + ": a signature is given, but no trusted keys: nothing would be checked");
  }
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    return base::fail(Phase::load, ErrorCode::io,
                      path.string() + ": cannot be opened: " + std::strerror(errno));
  }
  auto file = std::make_shared<const File>(fd);
  std::optional<SignatureInfo> signature;
  if (options.trusted_keys) {
    auto copy = copy_of_signed_artifact(*file, path.string(), options);
    if (!copy) return std::unexpected(std::move(copy.error()));
    file = std::move(copy->file);
    signature = std::move(copy->signature);
  } else if (options.private_copy) {
    auto copy = copy_of_artifact(*file, path.string());
    if (!copy) return std::unexpected(std::move(copy.error()));
    file = std::move(*copy);
  }
  const bool is_copy = options.trusted_keys || options.private_copy;
  std::shared_ptr<LoadedModule> module(new LoadedModule(std::move(file), path.string()));
  module->signature_ = std::move(signature);
  // Safety: the path leads to the file, but never to its copy, which alone was verified.
  if (auto ok = module->open(is_copy ? std::filesystem::path() : path); !ok)
    return std::unexpected(std::move(ok.error()));
  return module;
}

std::unexpected<Error> LoadedModule::fail(ErrorCode code, const std::string& what) const {
  return base::fail(Phase::load, code, name_ + ": " + what);
}

std::unexpected<Error> LoadedModule::corrupt(const char* what) const {
  return fail(ErrorCode::corrupt_artifact, std::string(what) + "; compile the module again");
}

std::expected<void, Error> LoadedModule::open(const std::filesystem::path& path) {
  auto note = artifact::check_artifact(file_->fd(), name_);
  if (!note) return std::unexpected(std::move(note.error()));
  note_sha256_ = note->payload_sha256;
  auto info = in_process_types(std::move(note->note));
  if (!info) return fail(info.error().code, info.error().message);
  info_ = std::move(*info);
  if (auto ok = open_library(path); !ok) return ok;
  if (auto ok = read_descriptor(); !ok) return ok;
  if (auto ok = read_tables(); !ok) return ok;
  if (auto ok = read_memory_start(); !ok) return ok;
  if (auto ok = read_segments(); !ok) return ok;
  unwind_table_ = UnwindTable(mapping_);
  if (auto ok = index_types(); !ok) return ok;
  index_records();
  index_exports();
  return {};
}

std::expected<void, Error> LoadedModule::open_library(const std::filesystem::path& path) {
  auto library = SharedObject::load(file_->fd(), path);
  if (!library) return fail(ErrorCode::corrupt_artifact, "cannot be loaded: " + library.error());
  library_ = std::move(*library);
  descriptor_ =
      static_cast<const artifact::Descriptor*>(dlsym(library_.handle(), artifact::kDescriptorSymbol));
  auto mapping = ElfMapping::of(library_.handle());
  if (!mapping) return fail(ErrorCode::internal, "the system's loader does not list it");
  mapping_ = std::move(*mapping);
  if (belongs_to_note()) return {};
  return corrupt("the code in the file is not what its note describes (was it overwritten while loaded?)");
}

// False where somebody writes into a file while it is loaded, instead of replacing it: the
// file has the new note, and the process the old code. Also where there is no /proc, and
// another file was put at the path after this one was checked.
bool LoadedModule::belongs_to_note() const {
  return descriptor_ != nullptr &&
         mapping_.contains(reinterpret_cast<std::uintptr_t>(descriptor_), sizeof(artifact::Descriptor)) &&
         descriptor_->magic == artifact::Descriptor::kMagic &&
         descriptor_->abi_version == artifact::kAbiVersion &&
         std::ranges::equal(descriptor_->note_sha256, note_sha256_);
}

template <typename T>
std::optional<std::span<const T>> LoadedModule::array_at(std::int64_t offset, std::uint64_t count) const {
  if (count == 0) return std::span<const T>();
  const std::uintptr_t address = at(offset);
  if (count > UINT64_MAX / sizeof(T) || address % alignof(T) != 0) return std::nullopt;
  if (!mapping_.contains(address, count * sizeof(T))) return std::nullopt;
  return std::span(reinterpret_cast<const T*>(address), count);
}

const void* LoadedModule::code_at(std::int64_t offset) const {
  return mapping_.is_code(at(offset)) ? reinterpret_cast<const void*>(at(offset)) : nullptr;
}

std::expected<void, Error> LoadedModule::read_descriptor() {
  const artifact::Descriptor& d = *descriptor_;
  const auto plan = array_at<std::uint8_t>(d.plan, d.plan_size);
  const auto names = array_at<std::uint8_t>(d.names, d.names_size);
  const auto data = array_at<std::uint8_t>(d.data, d.data_size);
  if (!plan || !names || !data) return corrupt("the artifact's descriptor is corrupt");
  auto decoded = artifact::decode_plan(*plan);
  if (!decoded) return fail(decoded.error().code, decoded.error().message);
  auto plan_in_process = in_process_types(std::move(*decoded), types_used_);
  if (!plan_in_process) return fail(plan_in_process.error().code, plan_in_process.error().message);
  plan_ = std::move(*plan_in_process);
  counts_ = plan_.counts();
  layout_ = artifact::InstanceLayout(counts_);
  encoded_names_ = *names;
  data_ = *data;
  return {};
}

std::expected<void, Error> LoadedModule::read_tables() {
  const artifact::Descriptor& d = *descriptor_;
  const auto functions = array_at<std::int64_t>(d.function_code, d.function_count);
  const auto tails = array_at<std::int64_t>(d.tail_code, d.tail_code == 0 ? 0 : d.function_count);
  const auto entries = array_at<std::int64_t>(d.entries, d.type_count);
  const auto thunks = array_at<artifact::ImportThunks>(d.import_thunks, d.import_count);
  if (!functions || !tails || !entries || !thunks || d.type_count != counts_.types ||
      d.import_count != counts_.imported_functions ||
      d.function_count != plan_.function_types.size() - counts_.imported_functions) {
    return corrupt("the artifact's code tables are corrupt");
  }
  bool valid = true;
  auto code = [&](std::int64_t offset) {
    const void* const address = code_at(offset);
    valid = valid && address != nullptr;
    return address;
  };
  // The compiler drops functions that were inlined everywhere and cannot be referred to.
  for (std::int64_t offset : *functions) function_code_.push_back(offset == 0 ? nullptr : code(offset));
  for (std::int64_t offset : *tails) tail_code_.push_back(offset == 0 ? nullptr : code(offset));
  for (std::int64_t offset : *entries) {
    entries_.push_back(
        offset == 0 ? nullptr : reinterpret_cast<artifact::EntryFunction>(const_cast<void*>(code(offset))));
  }
  for (const artifact::ImportThunks& thunk : *thunks) {
    import_code_.push_back({thunk.typed == 0 ? nullptr : code(thunk.typed), code(thunk.array)});
  }
  if (!valid) return corrupt("the artifact's code tables are corrupt");

  // Safety: every function that the host may call, or that a reference names, needs code
  // and an entry.
  auto can_be_called = [&](std::uint32_t function) {
    const bool imported = function < counts_.imported_functions;
    return entries_[plan_.function_types[function]] != nullptr &&
           (imported || function_code_[function - counts_.imported_functions] != nullptr);
  };
  if (!std::ranges::all_of(plan_.referenced_functions, can_be_called) ||
      (plan_.start && !can_be_called(*plan_.start))) {
    return corrupt("the artifact lacks the code of a function");
  }
  return {};
}

std::expected<void, Error> LoadedModule::read_memory_start() {
  const artifact::Descriptor& d = *descriptor_;
  if (d.card_shift != 0 && d.card_shift != artifact::kSmallCardShift &&
      d.card_shift != artifact::kLargeCardShift)
    return corrupt("the artifact's descriptor is corrupt");
  const bool own_memory = plan_.imported(ExternKind::memory) == 0 && !plan_.memories.empty();
  if (own_memory) {
    const std::uint64_t bytes = plan_.memories[0].limits.minimum * kPageSize;
    memory_start_ = {.image = {}, .reservations = std::make_shared<ReservationCache>(bytes)};
  }
  if (info_.bounds == Bounds::explicit_checks) slots_ = std::make_shared<SlotArena>();
  if (d.image_size == 0) return {};
  const auto offset = mapping_.file_offset(at(d.image), d.image_size);
  const std::uint64_t alignment = artifact::kImageAlignment;
  if (!offset || !own_memory || *offset % alignment != 0 || d.image_size % alignment != 0 ||
      d.image_start % alignment != 0) {
    return corrupt("the artifact's memory image is corrupt");
  }
  // The image is mapped over the memory: it must lie inside the smallest one.
  const std::uint64_t pages = plan_.memories[0].limits.minimum;
  const base::AddressRange memory{0, std::min(pages, UINT64_MAX / kPageSize) * kPageSize};
  if (!memory.contains(d.image_start, d.image_size)) return corrupt("the artifact's memory image is corrupt");
  memory_start_.image = {.file = file_, .offset = *offset, .size = d.image_size, .start = d.image_start};
  return {};
}

std::expected<void, Error> LoadedModule::read_segments() {
  for (std::uint32_t i = 0; i < plan_.data.size(); ++i) {
    const artifact::DataPlan& segment = plan_.data[i];
    if (segment.in_image) continue;
    if (segment.data_offset > data_.size() || segment.size > data_.size() - segment.data_offset) {
      return corrupt("a data segment lies outside the artifact's data");
    }
    if (segment.mode == artifact::SegmentMode::active) data_to_write_.push_back(i);
  }
  return {};
}

artifact::FunctionRecord LoadedModule::record_for(std::uint32_t function_index) const {
  const std::uint32_t type = plan_.function_types[function_index];
  const std::uint32_t defined = function_index - counts_.imported_functions;
  return {.code = function_code_[defined],
          .context = nullptr,
          .entry = entries_[type],
          .type_id = type_ids_[type],
          .function_index = function_index,
          .tail_code = tail_code_.empty() ? nullptr : tail_code_[defined]};
}

std::expected<void, Error> LoadedModule::index_types() {
  type_ids_.reserve(plan_.types.size());
  for (const FunctionType& type : plan_.types) {
    type_ids_.push_back(types_used_.add(type));
    // Safety: to guest code this number is no type but null.
    if (type_ids_.back() == base::kNoTypeId)
      return fail(ErrorCode::out_of_resources, "the process has no numbers left for function types");
  }
  return {};
}

void LoadedModule::index_records() {
  record_indices_.resize(function_code_.size());
  std::uint32_t index = 0;
  for (std::uint32_t function : plan_.referenced_functions) {
    record_indices_[function - counts_.imported_functions] = index++;
  }
}

void LoadedModule::index_exports() {
  exports_.reserve(plan_.exports.size());
  for (const ExportType& item : plan_.exports) exports_.push_back(&item);
  std::ranges::sort(exports_, {}, &ExportType::name);
  const ExportType* item = find_export("memory");
  if (item != nullptr && kind_of(item->type) == ExternKind::memory) {
    main_memory_ = item->index;
  } else if (counts_.memories == 1) {
    main_memory_ = 0;
  }
}

const ExportType* LoadedModule::find_export(std::string_view name) const {
  const auto found = std::ranges::lower_bound(exports_, name, {}, &ExportType::name);
  return found == exports_.end() || (*found)->name != name ? nullptr : *found;
}

void LoadedModule::index_code() const {
  auto add = [&](const void* code, std::uint32_t function) {
    if (code != nullptr) code_.push_back({reinterpret_cast<std::uintptr_t>(code), function});
  };
  for (std::uint32_t i = 0; i < function_code_.size(); ++i)
    add(function_code_[i], counts_.imported_functions + i);
  for (std::uint32_t i = 0; i < tail_code_.size(); ++i) add(tail_code_[i], counts_.imported_functions + i);
  for (auto entry : entries_) add(reinterpret_cast<const void*>(entry), kNoFunction);
  for (const ImportCode& code : import_code_) {
    add(code.typed, kNoFunction);
    add(code.array, kNoFunction);
  }
  std::ranges::stable_sort(code_, {}, &CodeStart::address);
  // Names only help people; without them a function is called by its number.
  if (auto names = artifact::decode_names(encoded_names_)) names_ = std::move(*names);
}

std::optional<Frame> LoadedModule::describe(std::uintptr_t pc) const {
  std::call_once(code_indexed_, [this] { index_code(); });
  auto next = std::ranges::upper_bound(code_, pc, {}, &CodeStart::address);
  if (next == code_.begin()) return std::nullopt;
  const CodeStart& start = *std::prev(next);
  if (start.function == kNoFunction) return std::nullopt;
  return Frame{.function_index = start.function,
               .function_name = name_of(start.function),
               .code_offset = pc - start.address};
}

std::string LoadedModule::name_of(std::uint32_t function) const {
  const auto named =
      std::ranges::lower_bound(names_, function, {}, &artifact::FunctionNames::value_type::first);
  // A guest's names may take 100,000 bytes, an error has many frames, and a host
  // may keep many errors.
  constexpr std::size_t kMost = 1000;
  if (named != names_.end() && named->first == function) return named->second.substr(0, kMost);
  for (const ExportType& item : plan_.exports) {
    if (kind_of(item.type) == ExternKind::function && item.index == function)
      return item.name.substr(0, kMost);
  }
  return "func[" + std::to_string(function) + "]";
}

}  // namespace tenon::runtime
