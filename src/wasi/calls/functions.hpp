// The host functions of WASI preview 1. After State& and Caller& each takes the parameters
// that the specification gives it, and returns its errno; or an error, where it ends the
// guest's call.
#pragma once

#include <cstdint>
#include <expected>

#include <tenon/host_function.hpp>

#include "wasi/calls/state.hpp"
#include "wasi/errno.hpp"
#include "wasi/guest/layouts.hpp"

namespace tenon::wasi {

using u32 = std::uint32_t;
using u64 = std::uint64_t;

// descriptors.cpp: what a descriptor is
Errno fd_close(State&, Caller&, u32 descriptor);
Errno fd_fdstat_get(State&, Caller&, u32 descriptor, u32 result);
Errno fd_fdstat_set_flags(State&, Caller&, u32 descriptor, u32 flags);
Errno fd_fdstat_set_rights(State&, Caller&, u32 descriptor, u64 base, u64 inheriting);
Errno fd_prestat_dir_name(State&, Caller&, u32 descriptor, u32 name, u32 size);
Errno fd_prestat_get(State&, Caller&, u32 descriptor, u32 result);
Errno fd_renumber(State&, Caller&, u32 from, u32 to);
Errno sock_accept(State&, Caller&, u32 descriptor, u32 flags, u32 result);
Errno sock_recv(State&, Caller&, u32 descriptor, u32 vectors, u32 count, u32 flags, u32 size, u32 result);
Errno sock_send(State&, Caller&, u32 descriptor, u32 vectors, u32 count, u32 flags, u32 result);
Errno sock_shutdown(State&, Caller&, u32 descriptor, u32 how);

// streams.cpp: bytes in and out
Errno fd_pread(State&, Caller&, u32 descriptor, u32 vectors, u32 count, u64 offset, u32 result);
Errno fd_pwrite(State&, Caller&, u32 descriptor, u32 vectors, u32 count, u64 offset, u32 result);
Errno fd_read(State&, Caller&, u32 descriptor, u32 vectors, u32 count, u32 result);
std::expected<Errno, Error> fd_write(State&, Caller&, u32 descriptor, u32 vectors, u32 count, u32 result);

// files.cpp: files and directories that are open
Errno fd_advise(State&, Caller&, u32 descriptor, u64 offset, u64 size, u32 advice);
Errno fd_allocate(State&, Caller&, u32 descriptor, u64 offset, u64 size);
Errno fd_datasync(State&, Caller&, u32 descriptor);
template <Version kVersion>
Errno fd_filestat_get(State&, Caller&, u32 descriptor, u32 result);
Errno fd_filestat_set_size(State&, Caller&, u32 descriptor, u64 size);
Errno fd_filestat_set_times(State&, Caller&, u32 descriptor, u64 accessed, u64 modified, u32 flags);
Errno fd_readdir(State&, Caller&, u32 descriptor, u32 buffer, u32 size, u64 cookie, u32 result);
template <Version kVersion>
Errno fd_seek(State&, Caller&, u32 descriptor, u64 offset, u32 whence, u32 result);
Errno fd_sync(State&, Caller&, u32 descriptor);
Errno fd_tell(State&, Caller&, u32 descriptor, u32 result);

// paths.cpp: what a path names, below a directory
Errno path_create_directory(State&, Caller&, u32 directory, u32 path, u32 size);
template <Version kVersion>
Errno path_filestat_get(State&, Caller&, u32 directory, u32 lookup, u32 path, u32 size, u32 result);
Errno path_filestat_set_times(State&, Caller&, u32 directory, u32 lookup, u32 path, u32 size, u64 accessed,
                              u64 modified, u32 flags);
Errno path_link(State&, Caller&, u32 from, u32 lookup, u32 from_path, u32 from_size, u32 to, u32 to_path,
                u32 to_size);
Errno path_open(State&, Caller&, u32 directory, u32 lookup, u32 path, u32 size, u32 open_flags, u64 base,
                u64 inheriting, u32 flags, u32 result);
Errno path_readlink(State&, Caller&, u32 directory, u32 path, u32 size, u32 buffer, u32 buffer_size,
                    u32 result);
Errno path_remove_directory(State&, Caller&, u32 directory, u32 path, u32 size);
Errno path_rename(State&, Caller&, u32 from, u32 from_path, u32 from_size, u32 to, u32 to_path, u32 to_size);
Errno path_symlink(State&, Caller&, u32 target, u32 target_size, u32 directory, u32 path, u32 size);
Errno path_unlink_file(State&, Caller&, u32 directory, u32 path, u32 size);

// process.cpp: arguments, environment, random bytes, the end
Errno args_get(State&, Caller&, u32 pointers, u32 buffer);
Errno args_sizes_get(State&, Caller&, u32 count, u32 buffer_size);
Errno environ_get(State&, Caller&, u32 pointers, u32 buffer);
Errno environ_sizes_get(State&, Caller&, u32 count, u32 buffer_size);
Errno random_get(State&, Caller&, u32 buffer, u32 size);
Errno sched_yield(State&, Caller&);
std::expected<void, Error> proc_exit(u32 status);
std::expected<u32, Error> proc_raise(u32 signal);

// clocks.cpp
Errno clock_res_get(State&, Caller&, u32 clock, u32 result);
Errno clock_time_get(State&, Caller&, u32 clock, u64 precision, u32 result);

// poll.cpp
template <Version kVersion>
std::expected<Errno, Error> poll_oneoff(State&, Caller&, u32 subscriptions, u32 events, u32 count,
                                        u32 result);

}  // namespace tenon::wasi
