// Linear memories (WebAssembly 2.0, section 4.2.8).
//
//   tenon::Memory memory = *instance->memory();
//   if (auto bytes = memory.view(address, text.size())) {        // checked: inside the memory
//     std::memcpy(bytes->data(), text.data(), text.size());
//   }
//
// The bytes are the guest's: it may write anything anywhere, at any time while it runs.
// Whatever the host reads here is untrusted, lengths and addresses above all; read each
// once, check it, and use what was checked. Numbers are little-endian and may lie at any
// address, so read them with std::memcpy.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include <tenon/api.hpp>
#include <tenon/detail/forward.hpp>
#include <tenon/error.hpp>
#include <tenon/shared_memory.hpp>
#include <tenon/types.hpp>

namespace tenon TENON_API {

// A handle: a small value that may be copied. Valid while its store lives; using it
// after that is undefined. Used by one thread at a time, as its store is.
class Memory {
 public:
  [[nodiscard]] MemoryType type() const;     // minimum is the current size, in pages
  [[nodiscard]] std::uint64_t size() const;  // bytes: a multiple of kPageSize that never shrinks
  // All of the memory, without a copy. Its start never moves; its size is that of now. So a
  // span stays valid while the store lives, but knows nothing of later growth, and its
  // contents may change whenever the guest runs. (Of a memory that threads share:
  // SharedMemory::data.)
  [[nodiscard]] std::span<std::uint8_t> data() const;
  // `size` bytes at `address`, or ErrorCode::protocol (phase call) if not all inside: what to
  // use with an address that a guest gave. Any two numbers are fine, also such as overflow
  // when added. Valid as long as data().
  [[nodiscard]] std::expected<std::span<std::uint8_t>, Error> view(std::uint64_t address,
                                                                   std::uint64_t size) const;
  // The same, only to be read: resetting an instance costs as much as was asked for with view().
  [[nodiscard]] std::expected<std::span<const std::uint8_t>, Error> bytes(std::uint64_t address,
                                                                          std::uint64_t size) const;
  // Grows by pages of zeros (section 4.2.8); the old size in pages, or nullopt, and nothing
  // changed, where the type's maximum, StoreOptions::memory_limit or the system says no.
  std::optional<std::uint64_t> grow(std::uint64_t pages) const;
  // To be given to other stores and threads; nullopt if the memory's type is not shared. It
  // may outlive this store.
  [[nodiscard]] std::optional<SharedMemory> shared() const;

 private:
  friend struct runtime::Access;
  explicit Memory(runtime::MemoryImpl* impl) : impl_(impl) {}

  runtime::MemoryImpl* impl_;
};

}  // namespace tenon
