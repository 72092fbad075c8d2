// The table of WASI preview 1: all 46 functions with their types (the document
// "wasi_snapshot_preview1", phases/snapshot/docs.md of the WASI repository).
#include "wasi/wasi.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "wasi/calls/functions.hpp"
#include "wasi/files/host_file_system.hpp"

namespace tenon {
namespace {

using wasi::Errno;
using wasi::State;
using wasi::Version;

using Make = HostFunction (*)(const std::shared_ptr<State>&);

template <typename... Parameters>
HostFunction bound(Errno (*function)(State&, Caller&, Parameters...), const std::shared_ptr<State>& state) {
  return HostFunction([state, function](Caller& caller, Parameters... parameters) -> std::uint32_t {
    return std::to_underlying(function(*state, caller, parameters...));
  });
}

// Of one that may end the guest's call.
template <typename... Parameters>
HostFunction bound(std::expected<Errno, Error> (*function)(State&, Caller&, Parameters...),
                   const std::shared_ptr<State>& state) {
  return HostFunction(
      [state, function](Caller& caller, Parameters... parameters) -> std::expected<std::uint32_t, Error> {
        const auto done = function(*state, caller, parameters...);
        if (!done) return std::unexpected(done.error());
        return std::to_underlying(*done);
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
    {"fd_advise", make<wasi::fd_advise>},
    {"fd_allocate", make<wasi::fd_allocate>},
    {"fd_close", make<wasi::fd_close>},
    {"fd_datasync", make<wasi::fd_datasync>},
    {"fd_fdstat_get", make<wasi::fd_fdstat_get>},
    {"fd_fdstat_set_flags", make<wasi::fd_fdstat_set_flags>},
    {"fd_fdstat_set_rights", make<wasi::fd_fdstat_set_rights>},
    {"fd_filestat_get", make<wasi::fd_filestat_get<Version::preview1>>},
    {"fd_filestat_set_size", make<wasi::fd_filestat_set_size>},
    {"fd_filestat_set_times", make<wasi::fd_filestat_set_times>},
    {"fd_pread", make<wasi::fd_pread>},
    {"fd_prestat_dir_name", make<wasi::fd_prestat_dir_name>},
    {"fd_prestat_get", make<wasi::fd_prestat_get>},
    {"fd_pwrite", make<wasi::fd_pwrite>},
    {"fd_read", make<wasi::fd_read>},
    {"fd_readdir", make<wasi::fd_readdir>},
    {"fd_renumber", make<wasi::fd_renumber>},
    {"fd_seek", make<wasi::fd_seek<Version::preview1>>},
    {"fd_sync", make<wasi::fd_sync>},
    {"fd_tell", make<wasi::fd_tell>},
    {"fd_write", make<wasi::fd_write>},
    {"path_create_directory", make<wasi::path_create_directory>},
    {"path_filestat_get", make<wasi::path_filestat_get<Version::preview1>>},
    {"path_filestat_set_times", make<wasi::path_filestat_set_times>},
    {"path_link", make<wasi::path_link>},
    {"path_open", make<wasi::path_open>},
    {"path_readlink", make<wasi::path_readlink>},
    {"path_remove_directory", make<wasi::path_remove_directory>},
    {"path_rename", make<wasi::path_rename>},
    // The first parameter is the link's target; the descriptor comes third.
    {"path_symlink", make<wasi::path_symlink>},
    {"path_unlink_file", make<wasi::path_unlink_file>},
    {"poll_oneoff", make<wasi::poll_oneoff<Version::preview1>>},
    {"proc_exit", make_plain<wasi::proc_exit>},
    {"proc_raise", make_plain<wasi::proc_raise>},
    {"random_get", make<wasi::random_get>},
    {"sched_yield", make<wasi::sched_yield>},
    {"sock_accept", make<wasi::sock_accept>},
    {"sock_recv", make<wasi::sock_recv>},
    {"sock_send", make<wasi::sock_send>},
    {"sock_shutdown", make<wasi::sock_shutdown>},
    // clang-format on
};
static_assert(std::ranges::is_sorted(kFunctions, {}, &Row::name), "functions are looked up by halving");
static_assert(std::size(kFunctions) == 46, "the document has 46 functions");

// Those that wasi_unstable has with other numbers or layouts.
constexpr Row kUnstable[] = {
    // clang-format off
    {"fd_filestat_get", make<wasi::fd_filestat_get<Version::unstable>>},
    {"fd_seek", make<wasi::fd_seek<Version::unstable>>},
    {"path_filestat_get", make<wasi::path_filestat_get<Version::unstable>>},
    {"poll_oneoff", make<wasi::poll_oneoff<Version::unstable>>},
    // clang-format on
};
static_assert(std::ranges::is_sorted(kUnstable, {}, &Row::name), "functions are looked up by halving");

Make find(std::span<const Row> rows, std::string_view name) {
  const auto found = std::ranges::lower_bound(rows, name, {}, &Row::name);
  return found != rows.end() && found->name == name ? found->make : nullptr;
}

FunctionProvider provider(const std::shared_ptr<State>& state, Version version) {
  return [state, version](std::string_view name, const FunctionType&) -> std::optional<HostFunction> {
    Make found = version == Version::unstable ? find(kUnstable, name) : nullptr;
    if (found == nullptr) found = find(kFunctions, name);
    if (found == nullptr) return std::nullopt;
    return found(state);
  };
}

}  // namespace

std::expected<void, Error> wasi::add(Imports& imports, WasiOptions options,
                                     std::shared_ptr<FileSystem> files) {
  auto state = State::make(std::move(options), std::move(files));
  if (!state) return std::unexpected(std::move(state.error()));
  imports.provide("wasi_snapshot_preview1", provider(*state, Version::preview1));
  imports.provide("wasi_unstable", provider(*state, Version::unstable));
  imports.state("wasi", std::move(*state));
  return {};
}

std::expected<void, Error> add_wasi(Imports& imports, WasiOptions options) {
  return wasi::add(imports, std::move(options), std::make_shared<wasi::HostFileSystem>());
}

}  // namespace tenon
