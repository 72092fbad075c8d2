// What the WASI functions share: the errno values of preview 1, access to guest
// memory, and the state of one Imports' worth of WASI.
//
// Every pointer and length comes from the guest and may be anything. All access
// goes through GuestMemory, which checks it against the caller's memory each
// time: an earlier check says nothing once the guest, or our own store into its
// memory, has run in between.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>

#include <tenon/wasi.hpp>

namespace tenon::wasi {

static_assert(std::endian::native == std::endian::little,
              "guest memory is little-endian and is read and written with memcpy");

// The values of `errno` in wasi_snapshot_preview1 that we answer with.
enum class Errno : std::uint32_t {
  success = 0,
  bad_descriptor = 8,  // badf
  fault = 21,          // a pointer outside the memory
  invalid = 28,        // inval
  io = 29,
  not_implemented = 52,  // nosys
  not_seekable = 70,     // spipe
};

// The standard streams are all the descriptors there are.
inline constexpr std::uint32_t kStreams = 3;

struct Stream {
  bool open = true;
  std::uint16_t flags = 0;  // fdflags, as the guest set them; they change nothing
};

struct State {
  WasiOptions options;
  std::array<Stream, kStreams> streams{};

  // The stream behind a descriptor, or null where it is closed or never was.
  [[nodiscard]] Stream* stream(std::uint32_t descriptor) {
    return descriptor < kStreams && streams[descriptor].open ? &streams[descriptor] : nullptr;
  }
};

class GuestMemory {
 public:
  explicit GuestMemory(const Caller& caller) : caller_(caller) {}

  [[nodiscard]] std::optional<std::span<std::uint8_t>> bytes(std::uint64_t address,
                                                             std::uint64_t size) const {
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
    const auto view = bytes(address, sizeof(T));
    if (!view) return false;
    std::memcpy(view->data(), &value, sizeof(T));
    return true;
  }

 private:
  const Caller& caller_;
};

// wasi_io.cpp: the streams.
Errno fd_close(State&, Caller&, std::uint32_t descriptor);
Errno fd_fdstat_get(State&, Caller&, std::uint32_t descriptor, std::uint32_t result);
Errno fd_fdstat_set_flags(State&, Caller&, std::uint32_t descriptor, std::uint32_t flags);
Errno fd_read(State&, Caller&, std::uint32_t descriptor, std::uint32_t vectors, std::uint32_t count,
              std::uint32_t result);
Errno fd_seek(State&, Caller&, std::uint32_t descriptor, std::uint64_t offset, std::uint32_t whence,
              std::uint32_t result);
Errno fd_tell(State&, Caller&, std::uint32_t descriptor, std::uint32_t result);
Errno fd_write(State&, Caller&, std::uint32_t descriptor, std::uint32_t vectors, std::uint32_t count,
               std::uint32_t result);

// wasi_process.cpp: arguments, environment, random bytes.
Errno args_get(State&, Caller&, std::uint32_t pointers, std::uint32_t buffer);
Errno args_sizes_get(State&, Caller&, std::uint32_t count, std::uint32_t buffer_size);
Errno environ_get(State&, Caller&, std::uint32_t pointers, std::uint32_t buffer);
Errno environ_sizes_get(State&, Caller&, std::uint32_t count, std::uint32_t buffer_size);
Errno random_get(State&, Caller&, std::uint32_t buffer, std::uint32_t size);

// wasi_clock.cpp
Errno clock_res_get(State&, Caller&, std::uint32_t clock, std::uint32_t result);
Errno clock_time_get(State&, Caller&, std::uint32_t clock, std::uint64_t precision, std::uint32_t result);

}  // namespace tenon::wasi
