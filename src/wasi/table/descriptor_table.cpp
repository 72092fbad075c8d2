#include "wasi/table/descriptor_table.hpp"

#include <algorithm>
#include <utility>

namespace tenon::wasi {
namespace {

bool is_open(const std::optional<Descriptor>& at) { return at.has_value(); }

}  // namespace

Result<Descriptor*> DescriptorTable::find(std::uint32_t number, Rights wanted) {
  Descriptor* const found = find(number);
  if (found == nullptr) return std::unexpected(Errno::bad_descriptor);
  // Safety: whatever a guest does with a descriptor passes here.
  if (!found->has(wanted)) return std::unexpected(Errno::not_capable);
  return found;
}

Result<Descriptor*> DescriptorTable::find_directory(std::uint32_t number, Rights wanted) {
  const Descriptor* const found = find(number);
  if (found != nullptr && !found->is_directory()) return std::unexpected(Errno::not_directory);
  return find(number, wanted);
}

Result<Descriptor*> DescriptorTable::find_file(std::uint32_t number, Rights wanted) {
  const Descriptor* const found = find(number);
  if (found != nullptr && found->kind != Descriptor::Kind::file) {
    return std::unexpected(found->is_directory() ? Errno::bad_descriptor : Errno::not_seekable);
  }
  return find(number, wanted);
}

bool DescriptorTable::is_full() const {
  return descriptors_.size() >= limit_ && std::ranges::all_of(descriptors_, is_open);
}

Result<std::uint32_t> DescriptorTable::add(Descriptor descriptor) {
  auto free = std::ranges::find_if_not(descriptors_, is_open);
  if (free == descriptors_.end()) {
    if (descriptors_.size() >= limit_) return std::unexpected(Errno::too_many_descriptors);
    free = descriptors_.emplace(descriptors_.end());
  }
  *free = std::move(descriptor);
  note_change();
  return static_cast<std::uint32_t>(free - descriptors_.begin());
}

Result<void> DescriptorTable::close(std::uint32_t number) {
  if (find(number) == nullptr) return std::unexpected(Errno::bad_descriptor);
  descriptors_[number].reset();
  note_change();
  return {};
}

Result<void> DescriptorTable::renumber(std::uint32_t from, std::uint32_t to) {
  if (find(from) == nullptr || find(to) == nullptr) return std::unexpected(Errno::bad_descriptor);
  if (from == to) return {};
  note_change();
  descriptors_[to] = std::exchange(descriptors_[from], std::nullopt);
  return {};
}

}  // namespace tenon::wasi
