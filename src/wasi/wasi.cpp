// The table of WASI preview 1: all 46 functions with their types (the document
// "wasi_snapshot_preview1", phases/snapshot/docs.md of the WASI repository).
// What is not supported is still defined, so that a module which imports it and
// does not call it, as libc's start-up does, can run.
#include <tenon/wasi.hpp>

#include <string>
#include <utility>

#include "wasi/state.hpp"

namespace tenon {
namespace {

using wasi::Errno;
using wasi::State;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

// Not supported; EBADF tells a guest that holds a wrong descriptor just that.
template <typename... Rest>
Errno unsupported_on_descriptor(State& state, Caller&, u32 descriptor, Rest...) {
  return state.stream(descriptor) == nullptr ? Errno::bad_descriptor : Errno::not_implemented;
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

class Definitions {
 public:
  Definitions(Imports& imports, WasiOptions options)
      : imports_(imports), state_(std::make_shared<State>(std::move(options))) {}

  template <typename... Parameters>
  void add(std::string_view name, Errno (*function)(State&, Caller&, Parameters...)) {
    define(name, HostFunction([state = state_, function](Caller& caller, Parameters... parameters) -> u32 {
             return std::to_underlying(function(*state, caller, parameters...));
           }));
  }

  // The modules of the two versions differ only in the layouts of functions
  // that are not supported.
  void define(std::string_view name, const HostFunction& function) {
    imports_.define("wasi_snapshot_preview1", name, function);
    imports_.define("wasi_unstable", name, function);
  }

 private:
  Imports& imports_;
  std::shared_ptr<State> state_;
};

void add_process(Definitions& definitions) {
  definitions.add("args_get", wasi::args_get);
  definitions.add("args_sizes_get", wasi::args_sizes_get);
  definitions.add("environ_get", wasi::environ_get);
  definitions.add("environ_sizes_get", wasi::environ_sizes_get);
  definitions.add("clock_res_get", wasi::clock_res_get);
  definitions.add("clock_time_get", wasi::clock_time_get);
  definitions.add("random_get", wasi::random_get);
  definitions.add("poll_oneoff", unsupported<u32, u32, u32, u32>);
  definitions.add("proc_raise", unsupported<u32>);
  definitions.define("sched_yield", HostFunction([]() -> u32 { return 0; }));
  definitions.define("proc_exit", HostFunction(proc_exit));
}

void add_descriptors(Definitions& definitions) {
  definitions.add("fd_advise", unsupported_on_descriptor<u64, u64, u32>);
  definitions.add("fd_allocate", unsupported_on_descriptor<u64, u64>);
  definitions.add("fd_close", wasi::fd_close);
  definitions.add("fd_datasync", unsupported_on_descriptor<>);
  definitions.add("fd_fdstat_get", wasi::fd_fdstat_get);
  definitions.add("fd_fdstat_set_flags", wasi::fd_fdstat_set_flags);
  definitions.add("fd_fdstat_set_rights", unsupported_on_descriptor<u64, u64>);
  definitions.add("fd_filestat_get", unsupported_on_descriptor<u32>);
  definitions.add("fd_filestat_set_size", unsupported_on_descriptor<u64>);
  definitions.add("fd_filestat_set_times", unsupported_on_descriptor<u64, u64, u32>);
  definitions.add("fd_pread", unsupported_on_descriptor<u32, u32, u64, u32>);
  definitions.add("fd_prestat_get", no_directory<u32, u32>);
  definitions.add("fd_prestat_dir_name", no_directory<u32, u32, u32>);
  definitions.add("fd_pwrite", unsupported_on_descriptor<u32, u32, u64, u32>);
  definitions.add("fd_read", wasi::fd_read);
  definitions.add("fd_readdir", unsupported_on_descriptor<u32, u32, u64, u32>);
  definitions.add("fd_renumber", unsupported_on_descriptor<u32>);
  definitions.add("fd_seek", wasi::fd_seek);
  definitions.add("fd_sync", unsupported_on_descriptor<>);
  definitions.add("fd_tell", wasi::fd_tell);
  definitions.add("fd_write", wasi::fd_write);
}

void add_paths(Definitions& definitions) {
  definitions.add("path_create_directory", unsupported_on_descriptor<u32, u32>);
  definitions.add("path_filestat_get", unsupported_on_descriptor<u32, u32, u32, u32>);
  definitions.add("path_filestat_set_times", unsupported_on_descriptor<u32, u32, u32, u64, u64, u32>);
  definitions.add("path_link", unsupported_on_descriptor<u32, u32, u32, u32, u32, u32>);
  definitions.add("path_open", unsupported_on_descriptor<u32, u32, u32, u32, u64, u64, u32, u32>);
  definitions.add("path_readlink", unsupported_on_descriptor<u32, u32, u32, u32, u32>);
  definitions.add("path_remove_directory", unsupported_on_descriptor<u32, u32>);
  definitions.add("path_rename", unsupported_on_descriptor<u32, u32, u32, u32, u32>);
  // The first parameter is the link's target; the descriptor comes third.
  definitions.add("path_symlink", unsupported<u32, u32, u32, u32, u32>);
  definitions.add("path_unlink_file", unsupported_on_descriptor<u32, u32>);
}

void add_sockets(Definitions& definitions) {
  definitions.add("sock_accept", unsupported_on_descriptor<u32, u32>);
  definitions.add("sock_recv", unsupported_on_descriptor<u32, u32, u32, u32, u32>);
  definitions.add("sock_send", unsupported_on_descriptor<u32, u32, u32, u32>);
  definitions.add("sock_shutdown", unsupported_on_descriptor<u32>);
}

}  // namespace

void add_wasi(Imports& imports, WasiOptions options) {
  Definitions definitions(imports, std::move(options));
  add_process(definitions);
  add_descriptors(definitions);
  add_paths(definitions);
  add_sockets(definitions);
}

}  // namespace tenon
