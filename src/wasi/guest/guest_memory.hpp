// The memory of the guest that calls a WASI function.
//
// Every pointer and length comes from the guest and may be anything. All access goes
// through GuestMemory, which checks it against the caller's memory each time: an earlier
// check means nothing once the guest has run, or we have written into its memory. The memory
// may be shared, and other threads of the guest write to it meanwhile: so each value is
// copied out once, and what counts is the copy.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

#include <tenon/host_function.hpp>

#include "runtime/memory/racy_memory.hpp"
#include "wasi/errno.hpp"

namespace tenon::wasi {

static_assert(std::endian::native == std::endian::little,
              "guest memory is little-endian and is read and written as it is");

class GuestMemory {
 public:
  // As PATH_MAX on Linux, the zero byte at the end included.
  static constexpr std::uint32_t kMaxPath = 4096;

  explicit GuestMemory(const Caller& caller) : caller_(caller) {}

  // The bytes themselves. They stay where they are while the caller's store lives.
  [[nodiscard]] std::optional<std::span<const std::uint8_t>> bytes(std::uint64_t address,
                                                                   std::uint64_t size) const {
    auto view = caller_.bytes(address, size);
    if (!view) return std::nullopt;
    return *view;
  }
  // To be written. What is asked for counts as written, so nothing is that may be refused.
  [[nodiscard]] std::optional<std::span<std::uint8_t>> room(std::uint64_t address, std::uint64_t size) const {
    auto view = caller_.memory(address, size);
    if (!view) return std::nullopt;
    return *view;
  }

  // Little-endian, unaligned; nullopt or false where not all inside the memory.
  template <typename T>
  [[nodiscard]] std::optional<T> load(std::uint64_t address) const {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto view = bytes(address, sizeof(T));
    if (!view) return std::nullopt;
    T value;
    // Safety: a plain copy could be read twice, before and behind a check.
    runtime::racy_copy(reinterpret_cast<std::uint8_t*>(&value), view->data(), sizeof(T));
    return value;
  }
  template <typename T>
  [[nodiscard]] bool store(std::uint64_t address, const T& value) const {
    static_assert(std::is_trivially_copyable_v<T>);
    return store_bytes(address, &value, sizeof(T));
  }
  [[nodiscard]] bool store_bytes(std::uint64_t address, const void* from, std::size_t size) const {
    const auto view = room(address, size);
    if (!view) return false;
    runtime::racy_copy(view->data(), static_cast<const std::uint8_t*>(from), size);
    return true;
  }

  // A path, or a link's target. Errors: fault, name_too_long; invalid for a zero byte in it.
  [[nodiscard]] Result<std::string> load_path(std::uint32_t address, std::uint32_t size) const {
    if (size >= kMaxPath) return std::unexpected(Errno::name_too_long);
    const auto view = bytes(address, size);
    if (!view) return std::unexpected(Errno::fault);
    std::string path(size, '\0');
    runtime::racy_copy(reinterpret_cast<std::uint8_t*>(path.data()), view->data(), size);
    // Safety: the system's paths end at a zero byte, so that we would look at another one
    // than it does.
    if (path.find('\0') != std::string::npos) return std::unexpected(Errno::invalid);
    return path;
  }

 private:
  const Caller& caller_;
};

}  // namespace tenon::wasi
