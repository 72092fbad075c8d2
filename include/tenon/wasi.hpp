// WASI preview 1 for guests that print, read the clock and ask for random
// bytes: what AssemblyScript plugins and small commands need. File and socket
// functions are there and answer ENOSYS or EBADF.
//
//   tenon::Imports imports;
//   tenon::add_wasi(imports, tenon::WasiOptions{}.argument("prog").environment("K", "V"));
//
// The streams and settings are shared by every instance made with these
// imports, so build one Imports per store.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tenon/api.hpp>
#include <tenon/store.hpp>

namespace tenon TENON_API {

struct WasiOptions {
  std::vector<std::string> arguments;  // argv; [0] is the program's name
  std::vector<std::pair<std::string, std::string>> environment_variables;
  // Called with what the guest writes, in the pieces that it writes; where
  // unset, output is discarded. May be called from the thread that runs the guest only.
  std::function<void(std::span<const std::uint8_t>)> standard_output;
  std::function<void(std::span<const std::uint8_t>)> standard_error;
  // Fills the buffer, returns how much; 0 is the end. Unset: always at its end.
  std::function<std::size_t(std::span<std::uint8_t>)> standard_input;
  // Overrides for tests and for deterministic runs; unset: the system's.
  std::function<std::uint64_t()> realtime_clock_ns;
  std::function<std::uint64_t()> monotonic_clock_ns;
  std::function<void(std::span<std::uint8_t>)> random;

  WasiOptions& argument(std::string value) & {
    arguments.push_back(std::move(value));
    return *this;
  }
  WasiOptions&& argument(std::string value) && { return std::move(argument(std::move(value))); }
  WasiOptions& environment(std::string name, std::string value) & {
    environment_variables.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  WasiOptions&& environment(std::string name, std::string value) && {
    return std::move(environment(std::move(name), std::move(value)));
  }
};

// Provides every function of wasi_snapshot_preview1 (and of wasi_unstable); what
// `imports` defines under such a name goes before. proc_exit ends the call with
// ErrorCode::exit and its status.
void add_wasi(Imports& imports, WasiOptions options);

}  // namespace tenon
