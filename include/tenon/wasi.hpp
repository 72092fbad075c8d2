// WASI preview 1 (wasi_snapshot_preview1, phases/snapshot/docs.md of the WASI
// repository): all its functions, for guests that print, read files, look at the clock, wait,
// and ask for random bytes. Sockets are refused. A Plugin has all this by itself.
//
//   tenon::Imports imports;
//   auto options = tenon::WasiOptions{}.argument("prog").environment("KEY", "value");
//   options.preopen("/srv/data", "/data");   // read only
//   options.preopen("/srv/uploads", "/uploads", tenon::DirectoryAccess::read_write);
//   options.standard_output = [](std::span<const std::uint8_t> bytes) {
//     std::cout.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
//   };
//   if (auto added = tenon::add_wasi(imports, options); !added) return fail(added.error());
//
// A guest sees nothing of the host's process: no argument, variable, file or stream that
// is not given here. Of files it reaches those in the directories that it was given, and never
// leaves these, whatever paths and links it makes; docs/wasi.md says what that does and does
// not promise. Every instance made with these imports, or with copies of them, shares
// one state, its open descriptors and the functions below; so build one Imports per
// store, or let stores that share it run on one thread.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tenon/api.hpp>
#include <tenon/error.hpp>
#include <tenon/store.hpp>

namespace tenon TENON_API {

// What a guest may do in a directory that it is given, and in all that is below.
enum class DirectoryAccess : std::uint8_t { read_only, read_write };

namespace detail {
struct OpenedDirectory;
[[nodiscard]] std::shared_ptr<OpenedDirectory> make_opened_directory();
}  // namespace detail

// What the guest gets. The functions are called inside the guest's call, on its thread. What
// they throw ends that call (ErrorCode::host_error). The spans that they get are the guest's own
// memory, valid until they return.
struct WasiOptions {
  std::vector<std::string> arguments;  // argv; [0] is the program's name
  std::vector<std::pair<std::string, std::string>> environment_variables;
  // Called with what the guest writes, in the pieces that it writes, of 64 KiB at most, never
  // empty ones; they may be any bytes, also what commands a terminal. Where unset, output is discarded.
  std::function<void(std::span<const std::uint8_t>)> standard_output;
  std::function<void(std::span<const std::uint8_t>)> standard_error;
  // Fills the buffer from its start, returns how many bytes it filled; 0 is the end. Unset:
  // always at its end.
  std::function<std::size_t(std::span<std::uint8_t>)> standard_input;
  // Overrides for tests and for deterministic runs; unset: the system's. Nanoseconds since
  // 1970, nanoseconds since any moment, and random bytes, with which to fill the whole span.
  std::function<std::uint64_t()> realtime_clock_ns;
  std::function<std::uint64_t()> monotonic_clock_ns;
  std::function<void(std::span<std::uint8_t>)> random;

  // Directories of the host's, in the order of their descriptors, which begin at 3. The guest
  // knows one by its name, which may be any text, such as "/data" or ".".
  struct Preopen {
    std::filesystem::path host_directory;
    std::string guest_name;
    DirectoryAccess access = DirectoryAccess::read_only;
    // Opened once, when the first guest gets it, for all copies of this: later guests get the
    // same directory, whatever has its name by then.
    std::shared_ptr<detail::OpenedDirectory> opened = detail::make_opened_directory();
  };
  std::vector<Preopen> preopens;
  // The descriptors that a guest may have open at a time, streams and directories included.
  // Each file is one of the process's, too.
  std::uint32_t descriptor_limit = 256;

  // Each adds one more and returns the object.
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
  WasiOptions& preopen(std::filesystem::path host_directory, std::string guest_name,
                       DirectoryAccess access = DirectoryAccess::read_only) & {
    preopens.push_back({std::move(host_directory), std::move(guest_name), access});
    return *this;
  }
  WasiOptions&& preopen(std::filesystem::path host_directory, std::string guest_name,
                        DirectoryAccess access = DirectoryAccess::read_only) && {
    return std::move(preopen(std::move(host_directory), std::move(guest_name), access));
  }
  // Connects the standard streams with those of this process.
  WasiOptions& inherit_standard_streams() &;
  WasiOptions&& inherit_standard_streams() && { return std::move(inherit_standard_streams()); }
  // Appends what the guest writes to these texts, which outlive every instance; they may be
  // the same one.
  WasiOptions& capture(std::string& output, std::string& error) &;
  WasiOptions&& capture(std::string& output, std::string& error) && {
    return std::move(capture(output, error));
  }
};

// Provides every function of wasi_snapshot_preview1 (and of wasi_unstable), each made only
// where a module asks for it; what `imports` defines under such a name goes before.
// proc_exit ends the call with ErrorCode::exit and its status, of 0 as of any other, and
// poisons the instance: a command has run. Opens the directories. Errors: invalid_argument
// (phase link) for one that cannot be opened; `imports` is then as it was.
[[nodiscard]] std::expected<void, Error> add_wasi(Imports& imports, WasiOptions options);

}  // namespace tenon
