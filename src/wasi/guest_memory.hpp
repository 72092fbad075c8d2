// The memory of the guest that calls a WASI function.
//
// Every pointer and length comes from the guest and may be anything. All access goes
// through GuestMemory, which checks it against the caller's memory each time: an earlier
// check means nothing once the guest has run, or we have written into its memory.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>

#include <tenon/host_function.hpp>

namespace tenon::wasi {

static_assert(std::endian::native == std::endian::little,
              "guest memory is little-endian and is read and written with memcpy");

class GuestMemory {
 public:
  explicit GuestMemory(const Caller& caller) : caller_(caller) {}

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
    std::memcpy(&value, view->data(), sizeof(T));
    return value;
  }
  template <typename T>
  [[nodiscard]] bool store(std::uint64_t address, const T& value) const {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto view = room(address, sizeof(T));
    if (!view) return false;
    std::memcpy(view->data(), &value, sizeof(T));
    return true;
  }

 private:
  const Caller& caller_;
};

}  // namespace tenon::wasi
