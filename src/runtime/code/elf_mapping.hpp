// Where a loaded shared object lies in memory, from its program headers.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/address_range.hpp"

namespace tenon::runtime {

class ElfMapping {
 public:
  // Of the object behind a handle of dlopen; nullopt if the system does not list it.
  [[nodiscard]] static std::optional<ElfMapping> of(void* dlopen_handle);

  [[nodiscard]] bool contains(std::uintptr_t address, std::uint64_t size) const;
  [[nodiscard]] bool is_code(std::uintptr_t address) const { return text_.contains(address); }
  // The file offset of the bytes at an address, if all of them come from the file.
  [[nodiscard]] std::optional<std::uint64_t> file_offset(std::uintptr_t address, std::uint64_t size) const;
  // How many bytes are mapped from an address to the end of its segment.
  [[nodiscard]] std::uint64_t bytes_after(std::uintptr_t address) const;
  // The address of .eh_frame_hdr; 0 where there is none.
  [[nodiscard]] std::uintptr_t unwind_header() const { return unwind_header_; }
  // The executable segment; empty if there is not exactly one.
  [[nodiscard]] base::AddressRange text() const { return text_; }

 private:
  struct Segment {
    base::AddressRange memory;
    std::uint64_t file_offset;
    std::uint64_t file_size;
  };
  std::vector<Segment> segments_;
  base::AddressRange text_;
  std::uintptr_t unwind_header_ = 0;
};

}  // namespace tenon::runtime
