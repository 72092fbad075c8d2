// The table of WASI preview 1: all 46 functions with their types (the document
// "wasi_snapshot_preview1", phases/snapshot/docs.md of the WASI repository). Functions
// that are not supported are defined all the same: a module that imports one and does not
// call it, as libc's start-up does, can then run.
#include <tenon/wasi.hpp>

#include <optional>
#include <string>
#include <utility>

#include "wasi/functions.hpp"

namespace tenon {
namespace {

using wasi::Errno;
using wasi::State;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

// Not supported. A guest that holds a wrong descriptor gets EBADF all the same.
template <typename... Rest>
Errno unsupported_on_descriptor(State& state, Caller&, u32 descriptor, Rest...) {
  return state.descriptors.find(descriptor) == nullptr ? Errno::bad_descriptor : Errno::not_implemented;
}

template <typename... Parameters>
Errno unsupported(State&, Caller&, Parameters...) {
  return Errno::not_implemented;
}

// No directory is open, and "bad descriptor" at 3 ends libc's search for them.
template <typename... Parameters>
Errno no_directory(State&, Caller&, Parameters...) {
  return Errno::bad_descriptor;
}

std::expected<void, Error> proc_exit(std::int32_t status) {
  Error error{.phase = Phase::call,
              .code = ErrorCode::exit,
              .message = "the guest exited with status " + std::to_string(status)};
  error.exit_status = status;
  return std::unexpected(std::move(error));
}

// Goes through the table for one name, and makes that function only.
class Lookup {
 public:
  Lookup(std::string_view wanted, const std::shared_ptr<State>& state) : wanted_(wanted), state_(state) {}

  template <typename... Parameters>
  void add(std::string_view name, Errno (*function)(State&, Caller&, Parameters...)) {
    if (name != wanted_) return;
    found_.emplace([state = state_, function](Caller& caller, Parameters... parameters) -> u32 {
      return std::to_underlying(function(*state, caller, parameters...));
    });
  }
  template <typename F>
  void add_plain(std::string_view name, F function) {
    if (name == wanted_) found_.emplace(function);
  }

  [[nodiscard]] std::optional<HostFunction> take() { return std::move(found_); }

 private:
  std::string_view wanted_;
  const std::shared_ptr<State>& state_;
  std::optional<HostFunction> found_;
};

void add_process(Lookup& lookup) {
  lookup.add("args_get", wasi::args_get);
  lookup.add("args_sizes_get", wasi::args_sizes_get);
  lookup.add("environ_get", wasi::environ_get);
  lookup.add("environ_sizes_get", wasi::environ_sizes_get);
  lookup.add("clock_res_get", wasi::clock_res_get);
  lookup.add("clock_time_get", wasi::clock_time_get);
  lookup.add("random_get", wasi::random_get);
  lookup.add("poll_oneoff", unsupported<u32, u32, u32, u32>);
  lookup.add("proc_raise", unsupported<u32>);
  lookup.add_plain("sched_yield", []() -> u32 { return 0; });
  lookup.add_plain("proc_exit", proc_exit);
}

void add_descriptors(Lookup& lookup) {
  lookup.add("fd_advise", unsupported_on_descriptor<u64, u64, u32>);
  lookup.add("fd_allocate", unsupported_on_descriptor<u64, u64>);
  lookup.add("fd_close", wasi::fd_close);
  lookup.add("fd_datasync", unsupported_on_descriptor<>);
  lookup.add("fd_fdstat_get", wasi::fd_fdstat_get);
  lookup.add("fd_fdstat_set_flags", wasi::fd_fdstat_set_flags);
  lookup.add("fd_fdstat_set_rights", unsupported_on_descriptor<u64, u64>);
  lookup.add("fd_filestat_get", unsupported_on_descriptor<u32>);
  lookup.add("fd_filestat_set_size", unsupported_on_descriptor<u64>);
  lookup.add("fd_filestat_set_times", unsupported_on_descriptor<u64, u64, u32>);
  lookup.add("fd_pread", unsupported_on_descriptor<u32, u32, u64, u32>);
  lookup.add("fd_prestat_get", no_directory<u32, u32>);
  lookup.add("fd_prestat_dir_name", no_directory<u32, u32, u32>);
  lookup.add("fd_pwrite", unsupported_on_descriptor<u32, u32, u64, u32>);
  lookup.add("fd_read", wasi::fd_read);
  lookup.add("fd_readdir", unsupported_on_descriptor<u32, u32, u64, u32>);
  lookup.add("fd_renumber", unsupported_on_descriptor<u32>);
  lookup.add("fd_seek", wasi::fd_seek);
  lookup.add("fd_sync", unsupported_on_descriptor<>);
  lookup.add("fd_tell", wasi::fd_tell);
  lookup.add("fd_write", wasi::fd_write);
}

void add_paths(Lookup& lookup) {
  lookup.add("path_create_directory", unsupported_on_descriptor<u32, u32>);
  lookup.add("path_filestat_get", unsupported_on_descriptor<u32, u32, u32, u32>);
  lookup.add("path_filestat_set_times", unsupported_on_descriptor<u32, u32, u32, u64, u64, u32>);
  lookup.add("path_link", unsupported_on_descriptor<u32, u32, u32, u32, u32, u32>);
  lookup.add("path_open", unsupported_on_descriptor<u32, u32, u32, u32, u64, u64, u32, u32>);
  lookup.add("path_readlink", unsupported_on_descriptor<u32, u32, u32, u32, u32>);
  lookup.add("path_remove_directory", unsupported_on_descriptor<u32, u32>);
  lookup.add("path_rename", unsupported_on_descriptor<u32, u32, u32, u32, u32>);
  // The first parameter is the link's target; the descriptor comes third.
  lookup.add("path_symlink", unsupported<u32, u32, u32, u32, u32>);
  lookup.add("path_unlink_file", unsupported_on_descriptor<u32, u32>);
}

void add_sockets(Lookup& lookup) {
  lookup.add("sock_accept", unsupported_on_descriptor<u32, u32>);
  lookup.add("sock_recv", unsupported_on_descriptor<u32, u32, u32, u32, u32>);
  lookup.add("sock_send", unsupported_on_descriptor<u32, u32, u32, u32>);
  lookup.add("sock_shutdown", unsupported_on_descriptor<u32>);
}

}  // namespace

void add_wasi(Imports& imports, WasiOptions options) {
  const auto state = std::make_shared<State>(std::move(options));
  const FunctionProvider provider = [state](std::string_view name, const FunctionType&) {
    Lookup lookup(name, state);
    add_process(lookup);
    add_descriptors(lookup);
    add_paths(lookup);
    add_sockets(lookup);
    return lookup.take();
  };
  // The two versions differ only in the layouts of functions that are not supported.
  imports.provide("wasi_snapshot_preview1", provider);
  imports.provide("wasi_unstable", provider);
  imports.state("wasi", state);
}

}  // namespace tenon
