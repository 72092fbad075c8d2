// Linear memories (WebAssembly 2.0, section 4.2.8).
//
//   tenon::Memory memory = *instance->memory();
//   if (auto bytes = memory.view(address, size)) std::memcpy(bytes->data(), text.data(), size);
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
  [[nodiscard]] MemoryType type() const;     // minimum is the current size
  [[nodiscard]] std::uint64_t size() const;  // bytes
  // All of the memory. Its start never moves; its size is that of now. The guest may
  // change what is in it whenever it runs.
  [[nodiscard]] std::span<std::uint8_t> data() const;
  // `size` bytes at `address`, or ErrorCode::protocol if not all inside: what to use
  // with an address that a guest gave.
  [[nodiscard]] std::expected<std::span<std::uint8_t>, Error> view(std::uint64_t address,
                                                                   std::uint64_t size) const;
  // Grows by pages; the old size in pages, or nullopt where a limit says no.
  std::optional<std::uint64_t> grow(std::uint64_t pages) const;
  // To be given to other stores; nullopt if the memory's type is not shared.
  [[nodiscard]] std::optional<SharedMemory> shared() const;

 private:
  friend struct runtime::Access;
  explicit Memory(runtime::MemoryImpl* impl) : impl_(impl) {}

  runtime::MemoryImpl* impl_;
};

}  // namespace tenon
