// Files and directories that are open.
#include <algorithm>
#include <limits>

#include "wasi/calls/functions.hpp"
#include "wasi/calls/new_times.hpp"
#include "wasi/guest/guest_memory.hpp"

namespace tenon::wasi {
namespace {

Errno sync(State& state, u32 descriptor, Rights wanted, bool data_only) {
  const auto open = state.descriptors.find(descriptor, wanted);
  if (!open) return open.error();
  return errno_of(state.files->sync(*(*open)->handle, data_only));
}

// Of streams there is nothing to know.
Result<FileStat> stat_of(State& state, u32 descriptor) {
  const auto open = state.descriptors.find(descriptor, rights::kStat);
  if (!open) return std::unexpected(open.error());
  if ((*open)->is_stream()) return FileStat{.type = FileType::character_device, .links = 1};
  return state.files->stat(*(*open)->handle);
}

// The order of the enumeration was another one.
Result<Whence> whence_of(Version version, u32 whence) {
  constexpr Whence kPreview1[] = {Whence::set, Whence::current, Whence::end};
  constexpr Whence kUnstable[] = {Whence::current, Whence::end, Whence::set};
  if (whence >= std::size(kPreview1)) return std::unexpected(Errno::invalid);
  return version == Version::preview1 ? kPreview1[whence] : kUnstable[whence];
}

Errno seek(State& state, Caller& caller, u32 descriptor, std::int64_t offset, Whence whence, u32 result) {
  // The right to seek includes that to tell, which does not move.
  const bool moves = offset != 0 || whence != Whence::current;
  auto open = state.descriptors.find_file(descriptor, rights::kSeek);
  if (!open && !moves) open = state.descriptors.find_file(descriptor, rights::kTell);
  if (!open) return open.error();
  const GuestMemory memory(caller);
  if (!memory.bytes(result, sizeof(u64))) return Errno::fault;
  const auto position = state.files->seek(*(*open)->handle, offset, whence);
  if (!position) return position.error();
  return memory.store(result, *position) ? Errno::success : Errno::fault;
}

// What the guest gets of a directory: entries one after the other, the last one cut off where
// the room ends. Fewer bytes than the room has are the end of the directory.
class EntryWriter {
 public:
  explicit EntryWriter(std::span<std::uint8_t> room) : room_(room) {}

  // False once the room is full.
  bool add(const DirectoryEntry& entry) {
    const Dirent header{.next = entry.next,
                        .inode = entry.inode,
                        .name_size = static_cast<u32>(entry.name.size()),
                        .type = static_cast<u32>(entry.type)};
    append(&header, sizeof header);
    append(entry.name.data(), entry.name.size());
    return used_ < room_.size();
  }
  [[nodiscard]] u32 used() const { return static_cast<u32>(used_); }

 private:
  void append(const void* from, std::size_t size) {
    const std::size_t fits = std::min(size, room_.size() - used_);
    runtime::racy_copy(room_.data() + used_, static_cast<const std::uint8_t*>(from), fits);
    used_ += fits;
  }
  std::span<std::uint8_t> room_;
  std::size_t used_ = 0;
};

}  // namespace

Errno fd_advise(State& state, Caller&, u32 descriptor, u64 offset, u64 size, u32 advice) {
  const auto open = state.descriptors.find_file(descriptor, rights::kAdvise);
  if (!open) return open.error();
  if (advice > static_cast<u32>(Advice::no_reuse)) return Errno::invalid;
  return errno_of(state.files->advise(*(*open)->handle, offset, size, static_cast<Advice>(advice)));
}

Errno fd_allocate(State& state, Caller&, u32 descriptor, u64 offset, u64 size) {
  const auto open = state.descriptors.find_file(descriptor, rights::kAllocate);
  if (!open) return open.error();
  return errno_of(state.files->allocate(*(*open)->handle, offset, size));
}

Errno fd_datasync(State& state, Caller&, u32 descriptor) {
  return sync(state, descriptor, rights::kDataSync, true);
}

Errno fd_sync(State& state, Caller&, u32 descriptor) { return sync(state, descriptor, rights::kSync, false); }

template <Version kVersion>
Errno fd_filestat_get(State& state, Caller& caller, u32 descriptor, u32 result) {
  const auto stat = stat_of(state, descriptor);
  if (!stat) return stat.error();
  return store_stat<kVersion>(GuestMemory(caller), result, *stat) ? Errno::success : Errno::fault;
}
template Errno fd_filestat_get<Version::preview1>(State&, Caller&, u32, u32);
template Errno fd_filestat_get<Version::unstable>(State&, Caller&, u32, u32);

Errno fd_filestat_set_size(State& state, Caller&, u32 descriptor, u64 size) {
  const auto open = state.descriptors.find_file(descriptor, rights::kSetSize);
  if (!open) return open.error();
  return errno_of(state.files->set_size(*(*open)->handle, size));
}

Errno fd_filestat_set_times(State& state, Caller&, u32 descriptor, u64 accessed, u64 modified, u32 flags) {
  const auto open = state.descriptors.find(descriptor, rights::kSetTimes);
  if (!open) return open.error();
  const auto times = new_times(accessed, modified, flags);
  if (!times) return times.error();
  return errno_of(state.files->set_times(*(*open)->handle, times->first, times->second));
}

Errno fd_readdir(State& state, Caller& caller, u32 descriptor, u32 buffer, u32 size, u64 cookie, u32 result) {
  // Safety: bounds how much of a directory one call reads.
  constexpr u32 kMaxRoom = 16 << 20;
  const auto open = state.descriptors.find_directory(descriptor, rights::kReadDirectory);
  if (!open) return open.error();
  if (size > kMaxRoom) return Errno::invalid;
  const GuestMemory memory(caller);
  if (!memory.bytes(result, sizeof(u32))) return Errno::fault;
  const auto room = memory.room(buffer, size);
  if (!room) return Errno::fault;
  EntryWriter writer(*room);
  if (size != 0) {
    const auto listed = state.files->list(*(*open)->handle, cookie,
                                          [&](const DirectoryEntry& entry) { return writer.add(entry); });
    if (!listed) return listed.error();
  }
  return memory.store(result, writer.used()) ? Errno::success : Errno::fault;
}

template <Version kVersion>
Errno fd_seek(State& state, Caller& caller, u32 descriptor, u64 offset, u32 whence, u32 result) {
  const auto from = whence_of(kVersion, whence);
  if (!from) return from.error();
  return seek(state, caller, descriptor, static_cast<std::int64_t>(offset), *from, result);
}
template Errno fd_seek<Version::preview1>(State&, Caller&, u32, u64, u32, u32);
template Errno fd_seek<Version::unstable>(State&, Caller&, u32, u64, u32, u32);

Errno fd_tell(State& state, Caller& caller, u32 descriptor, u32 result) {
  return seek(state, caller, descriptor, 0, Whence::current, result);
}

}  // namespace tenon::wasi
