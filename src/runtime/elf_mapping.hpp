// Where a loaded shared object lies in memory, from its program headers.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace tenon::runtime {

struct AddressRange {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  [[nodiscard]] bool contains(std::uintptr_t address) const { return address - begin < end - begin; }
  [[nodiscard]] bool contains(std::uintptr_t address, std::uint64_t size) const {
    return address >= begin && address <= end && size <= end - address;
  }
};

class ElfMapping {
 public:
  // Of an object that dlopen gave; nullopt if the system does not list it.
  [[nodiscard]] static std::optional<ElfMapping> of(void* dlopen_handle);

  [[nodiscard]] bool contains(std::uintptr_t address, std::uint64_t size) const;
  [[nodiscard]] bool is_code(std::uintptr_t address) const { return text_.contains(address); }
  // Where in the file the bytes at an address come from, if all of them do.
  [[nodiscard]] std::optional<std::uint64_t> file_offset(std::uintptr_t address, std::uint64_t size) const;
  // How many bytes are mapped from an address to the end of its segment.
  [[nodiscard]] std::uint64_t bytes_after(std::uintptr_t address) const;
  // The address of .eh_frame_hdr, 0 without.
  [[nodiscard]] std::uintptr_t unwind_header() const { return unwind_header_; }
  // The executable segment; empty if there is not exactly one.
  [[nodiscard]] AddressRange text() const { return text_; }

 private:
  struct Segment {
    AddressRange memory;
    std::uint64_t file_offset;
    std::uint64_t file_size;
  };
  std::vector<Segment> segments_;
  AddressRange text_;
  std::uintptr_t unwind_header_ = 0;
};

}  // namespace tenon::runtime
