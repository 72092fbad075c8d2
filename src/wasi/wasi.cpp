// The table of WASI preview 1: all 46 functions with their types (the document
// "wasi_snapshot_preview1", phases/snapshot/docs.md of the WASI repository). Functions
// that are not supported are defined all the same: a module that imports one and does not
// call it, as libc's start-up does, can then run.
#include <tenon/wasi.hpp>

#include <algorithm>
#include <iterator>
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

u32 sched_yield() { return 0; }

using Make = HostFunction (*)(const std::shared_ptr<State>&);

template <typename... Parameters>
HostFunction bound(Errno (*function)(State&, Caller&, Parameters...), const std::shared_ptr<State>& state) {
  return HostFunction([state, function](Caller& caller, Parameters... parameters) -> u32 {
    return std::to_underlying(function(*state, caller, parameters...));
  });
}

template <auto kFunction>
HostFunction make(const std::shared_ptr<State>& state) {
  return bound(kFunction, state);
}

template <auto kFunction>
HostFunction make_plain(const std::shared_ptr<State>&) {
  return HostFunction(kFunction);
}

struct Row {
  std::string_view name;
  Make make;
};

constexpr Row kFunctions[] = {
    // clang-format off
    {"args_get", make<wasi::args_get>},
    {"args_sizes_get", make<wasi::args_sizes_get>},
    {"clock_res_get", make<wasi::clock_res_get>},
    {"clock_time_get", make<wasi::clock_time_get>},
    {"environ_get", make<wasi::environ_get>},
    {"environ_sizes_get", make<wasi::environ_sizes_get>},
    {"fd_advise", make<unsupported_on_descriptor<u64, u64, u32>>},
    {"fd_allocate", make<unsupported_on_descriptor<u64, u64>>},
    {"fd_close", make<wasi::fd_close>},
    {"fd_datasync", make<unsupported_on_descriptor<>>},
    {"fd_fdstat_get", make<wasi::fd_fdstat_get>},
    {"fd_fdstat_set_flags", make<wasi::fd_fdstat_set_flags>},
    {"fd_fdstat_set_rights", make<unsupported_on_descriptor<u64, u64>>},
    {"fd_filestat_get", make<unsupported_on_descriptor<u32>>},
    {"fd_filestat_set_size", make<unsupported_on_descriptor<u64>>},
    {"fd_filestat_set_times", make<unsupported_on_descriptor<u64, u64, u32>>},
    {"fd_pread", make<unsupported_on_descriptor<u32, u32, u64, u32>>},
    {"fd_prestat_dir_name", make<no_directory<u32, u32, u32>>},
    {"fd_prestat_get", make<no_directory<u32, u32>>},
    {"fd_pwrite", make<unsupported_on_descriptor<u32, u32, u64, u32>>},
    {"fd_read", make<wasi::fd_read>},
    {"fd_readdir", make<unsupported_on_descriptor<u32, u32, u64, u32>>},
    {"fd_renumber", make<unsupported_on_descriptor<u32>>},
    {"fd_seek", make<wasi::fd_seek>},
    {"fd_sync", make<unsupported_on_descriptor<>>},
    {"fd_tell", make<wasi::fd_tell>},
    {"fd_write", make<wasi::fd_write>},
    {"path_create_directory", make<unsupported_on_descriptor<u32, u32>>},
    {"path_filestat_get", make<unsupported_on_descriptor<u32, u32, u32, u32>>},
    {"path_filestat_set_times", make<unsupported_on_descriptor<u32, u32, u32, u64, u64, u32>>},
    {"path_link", make<unsupported_on_descriptor<u32, u32, u32, u32, u32, u32>>},
    {"path_open", make<unsupported_on_descriptor<u32, u32, u32, u32, u64, u64, u32, u32>>},
    {"path_readlink", make<unsupported_on_descriptor<u32, u32, u32, u32, u32>>},
    {"path_remove_directory", make<unsupported_on_descriptor<u32, u32>>},
    {"path_rename", make<unsupported_on_descriptor<u32, u32, u32, u32, u32>>},
    // The first parameter is the link's target; the descriptor comes third.
    {"path_symlink", make<unsupported<u32, u32, u32, u32, u32>>},
    {"path_unlink_file", make<unsupported_on_descriptor<u32, u32>>},
    {"poll_oneoff", make<unsupported<u32, u32, u32, u32>>},
    {"proc_exit", make_plain<proc_exit>},
    {"proc_raise", make<unsupported<u32>>},
    {"random_get", make<wasi::random_get>},
    {"sched_yield", make_plain<sched_yield>},
    {"sock_accept", make<unsupported_on_descriptor<u32, u32>>},
    {"sock_recv", make<unsupported_on_descriptor<u32, u32, u32, u32, u32>>},
    {"sock_send", make<unsupported_on_descriptor<u32, u32, u32, u32>>},
    {"sock_shutdown", make<unsupported_on_descriptor<u32>>},
    // clang-format on
};
static_assert(std::ranges::is_sorted(kFunctions, {}, &Row::name), "functions are looked up by halving");
static_assert(std::size(kFunctions) == 46, "the document has 46 functions");

std::optional<HostFunction> find(std::string_view name, const std::shared_ptr<State>& state) {
  const auto* found = std::ranges::lower_bound(kFunctions, name, {}, &Row::name);
  if (found == std::end(kFunctions) || found->name != name) return std::nullopt;
  return found->make(state);
}

}  // namespace

void add_wasi(Imports& imports, WasiOptions options) {
  const auto state = std::make_shared<State>(std::move(options));
  const FunctionProvider provider = [state](std::string_view name, const FunctionType&) {
    return find(name, state);
  };
  // The two versions differ only in the layouts of functions that are not supported.
  imports.provide("wasi_snapshot_preview1", provider);
  imports.provide("wasi_unstable", provider);
  imports.state("wasi", state);
}

}  // namespace tenon
