// A linear memory: an address range reserved once for as much as any access
// can reach, of which the front is made accessible as the memory grows.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>

#include <tenon/error.hpp>
#include <tenon/types.hpp>

#include "artifact/abi.hpp"

namespace tenon::runtime {

struct MemoryImage;
class StoreImpl;

class MemoryImpl {
 public:
  // `byte_limit` is the store's. Errors: out_of_resources.
  [[nodiscard]] static std::expected<std::unique_ptr<MemoryImpl>, Error> create(StoreImpl* store,
                                                                                const MemoryType& type,
                                                                                std::uint64_t byte_limit);
  ~MemoryImpl();
  MemoryImpl(const MemoryImpl&) = delete;
  MemoryImpl& operator=(const MemoryImpl&) = delete;

  // Lays a file's bytes over the memory, copy-on-write. Precondition: the image
  // lies inside the memory, page-aligned.
  [[nodiscard]] std::expected<void, Error> map_image(int fd, const MemoryImage& image);

  // The old size in pages; nullopt where a limit or the system says no.
  std::optional<std::uint64_t> grow(std::uint64_t pages);

  [[nodiscard]] std::uint64_t pages() const { return record.size / kPageSize; }
  [[nodiscard]] MemoryType type() const {
    MemoryType type = declared_;
    type.limits.minimum = pages();
    return type;
  }
  [[nodiscard]] StoreImpl* store() const { return store_; }
  // True if all of the range is inside the memory; no sum that could overflow.
  [[nodiscard]] bool contains(std::uint64_t address, std::uint64_t size) const {
    return address <= record.size && size <= record.size - address;
  }
  [[nodiscard]] bool reservation_contains(std::uintptr_t address) const {
    return address - reinterpret_cast<std::uintptr_t>(reservation_) < reserved_;
  }

  artifact::MemoryRecord record{};  // what guest code sees

 private:
  MemoryImpl(StoreImpl* store, const MemoryType& type, std::uint64_t maximum_pages)
      : store_(store), declared_(type), maximum_pages_(maximum_pages) {}
  [[nodiscard]] std::expected<void, Error> reserve();

  StoreImpl* store_;
  MemoryType declared_;
  std::uint64_t maximum_pages_;
  std::uint8_t* reservation_ = nullptr;
  std::uint64_t reserved_ = 0;  // bytes, guards included
};

}  // namespace tenon::runtime
