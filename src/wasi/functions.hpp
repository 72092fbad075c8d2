// The host functions of WASI preview 1, and the state that they share. After State& and
// Caller& each takes the parameters that the specification gives it, and returns its
// errno.
#pragma once

#include <cstdint>

#include <tenon/host_function.hpp>
#include <tenon/snapshot.hpp>
#include <tenon/wasi.hpp>

#include "wasi/descriptor_table.hpp"
#include "wasi/errno.hpp"

namespace tenon::wasi {

// One Imports' worth of WASI. Snapshots have the descriptors, which the guest opens and
// closes; the options are the host's.
struct State final : SnapshotState {
  explicit State(WasiOptions options_given) : options(std::move(options_given)) {}

  [[nodiscard]] std::shared_ptr<const void> save() const override {
    return std::make_shared<const DescriptorTable>(descriptors);
  }
  void restore(const std::shared_ptr<const void>& saved) override {
    descriptors = *static_cast<const DescriptorTable*>(saved.get());
  }

  WasiOptions options;
  DescriptorTable descriptors{};
};

// streams.cpp
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

// process.cpp: arguments, environment, random bytes
Errno args_get(State&, Caller&, std::uint32_t pointers, std::uint32_t buffer);
Errno args_sizes_get(State&, Caller&, std::uint32_t count, std::uint32_t buffer_size);
Errno environ_get(State&, Caller&, std::uint32_t pointers, std::uint32_t buffer);
Errno environ_sizes_get(State&, Caller&, std::uint32_t count, std::uint32_t buffer_size);
Errno random_get(State&, Caller&, std::uint32_t buffer, std::uint32_t size);

// clocks.cpp
Errno clock_res_get(State&, Caller&, std::uint32_t clock, std::uint32_t result);
Errno clock_time_get(State&, Caller&, std::uint32_t clock, std::uint64_t precision, std::uint32_t result);

}  // namespace tenon::wasi
