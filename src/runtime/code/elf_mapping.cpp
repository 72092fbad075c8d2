#include "runtime/code/elf_mapping.hpp"

#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <span>

namespace tenon::runtime {
namespace {

struct Search {
  const link_map* wanted;
  std::span<const ElfW(Phdr)> found;
};

int visit_object(dl_phdr_info* info, std::size_t, void* argument) {
  auto& search = *static_cast<Search*>(argument);
  // The dynamic section's address is the object's own; a base address of 0 or
  // a name may be shared.
  const std::span headers(info->dlpi_phdr, info->dlpi_phnum);
  for (const auto& header : headers) {
    if (header.p_type != PT_DYNAMIC) continue;
    if (info->dlpi_addr + header.p_vaddr != reinterpret_cast<std::uintptr_t>(search.wanted->l_ld)) continue;
    search.found = headers;
    return 1;
  }
  return 0;
}

}  // namespace

std::optional<ElfMapping> ElfMapping::of(void* dlopen_handle) {
  link_map* map = nullptr;
  if (dlinfo(dlopen_handle, RTLD_DI_LINKMAP, &map) != 0 || map == nullptr) return std::nullopt;
  Search search{map, {}};
  if (dl_iterate_phdr(visit_object, &search) == 0) return std::nullopt;

  ElfMapping mapping;
  unsigned text_segments = 0;
  for (const auto& header : search.found) {
    if (header.p_type == PT_GNU_EH_FRAME) mapping.unwind_header_ = map->l_addr + header.p_vaddr;
    if (header.p_type != PT_LOAD) continue;
    const std::uintptr_t begin = map->l_addr + header.p_vaddr;
    mapping.segments_.push_back({{begin, begin + header.p_memsz}, header.p_offset, header.p_filesz});
    if ((header.p_flags & PF_X) == 0) continue;
    mapping.text_ = mapping.segments_.back().memory;
    ++text_segments;
  }
  if (text_segments != 1) mapping.text_ = {};
  return mapping;
}

bool ElfMapping::contains(std::uintptr_t address, std::uint64_t size) const {
  return std::ranges::any_of(segments_, [&](const Segment& s) { return s.memory.contains(address, size); });
}

std::uint64_t ElfMapping::bytes_after(std::uintptr_t address) const {
  for (const Segment& segment : segments_) {
    if (segment.memory.contains(address)) return segment.memory.end - address;
  }
  return 0;
}

std::optional<std::uint64_t> ElfMapping::file_offset(std::uintptr_t address, std::uint64_t size) const {
  for (const Segment& segment : segments_) {
    if (!segment.memory.contains(address, size)) continue;
    const std::uint64_t from = address - segment.memory.begin;
    if (from <= segment.file_size && size <= segment.file_size - from) return segment.file_offset + from;
  }
  return std::nullopt;
}

}  // namespace tenon::runtime
