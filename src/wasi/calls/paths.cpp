// What a path names, below a directory that is open.
#include <algorithm>
#include <utility>

#include "wasi/calls/flags.hpp"
#include "wasi/calls/functions.hpp"
#include "wasi/calls/new_times.hpp"
#include "wasi/guest/guest_memory.hpp"

namespace tenon::wasi {
namespace {

// A directory that the guest may use so, and a path in it, copied from its memory.
struct Target {
  const Descriptor* directory;
  std::string path;

  [[nodiscard]] const Handle& handle() const { return *directory->handle; }
};

Result<Target> target_of(State& state, const Caller& caller, u32 directory, Rights wanted, u32 path,
                         u32 size) {
  const auto open = state.descriptors.find_directory(directory, wanted);
  if (!open) return std::unexpected(open.error());
  auto loaded = GuestMemory(caller).load_path(path, size);
  if (!loaded) return std::unexpected(loaded.error());
  return Target{*open, std::move(*loaded)};
}

Result<bool> follows(u32 lookup) {
  if ((lookup & ~lookup_flags::kFollow) != 0) return std::unexpected(Errno::invalid);
  return lookup != 0;
}

struct Opening {
  OpenRequest request;
  Rights base, inheriting;  // wanted, and granted by the directory
};

// What the guest asks for beyond the rights of the directory it does not get. Only reading and
// writing it may count on, so these are an error.
Result<Opening> opening_of(const Descriptor& directory, u32 open_flags, u64 base, u64 inheriting, u32 flags) {
  if ((open_flags & ~open_flags::kAll) != 0 || (flags & ~u32{fd_flags::kAll}) != 0)
    return std::unexpected(Errno::invalid);
  const auto has = [open_flags](u32 bit) { return (open_flags & bit) != 0; };
  if (has(open_flags::kDirectory) && has(open_flags::kCreate | open_flags::kTruncate))
    return std::unexpected(Errno::invalid);
  // Safety: these change something, whatever rights are asked for.
  const Rights needed = rights::kOpen | (has(open_flags::kCreate) ? rights::kCreateFile : 0) |
                        (has(open_flags::kTruncate) ? rights::kPathSetSize : 0);
  const bool is_directory = has(open_flags::kDirectory);
  const Rights must_have = base & (is_directory ? 0 : rights::kRead | rights::kWrite);
  if (!directory.has(needed) || (must_have & ~directory.inheriting) != 0)
    return std::unexpected(Errno::not_capable);
  Opening opening{
      .request = {}, .base = base & directory.inheriting, .inheriting = inheriting & directory.inheriting};
  opening.request = {
      .read = (opening.base & (rights::kRead | rights::kReadDirectory)) != 0,
      .write = !is_directory && (opening.base & rights::kOfWriters) != 0,
      .create = has(open_flags::kCreate),
      .exclusive = has(open_flags::kExclusive),
      .truncate = has(open_flags::kTruncate),
      .directory = is_directory,
      .append = (flags & fd_flags::kAppend) != 0,
      .data_sync = (flags & fd_flags::kDataSync) != 0,
      .sync = (flags & (fd_flags::kSync | fd_flags::kReadSync)) != 0,
  };
  return opening;
}

// Safety: what is opened has no right that the directory does not pass on.
Descriptor descriptor_of(Opened opened, const Opening& opening, u32 flags) {
  const bool is_directory = opened.type == FileType::directory;
  return {.kind = is_directory ? Descriptor::Kind::directory : Descriptor::Kind::file,
          .base = opening.base & (is_directory ? rights::kOfDirectory : rights::kOfFile),
          .inheriting = is_directory ? opening.inheriting : 0,
          .flags = static_cast<std::uint16_t>(flags),
          .handle = std::make_shared<const Handle>(std::move(opened.handle))};
}

}  // namespace

Errno path_create_directory(State& state, Caller& caller, u32 directory, u32 path, u32 size) {
  const auto target = target_of(state, caller, directory, rights::kCreateDirectory, path, size);
  if (!target) return target.error();
  return errno_of(state.files->create_directory(target->handle(), target->path));
}

template <Version kVersion>
Errno path_filestat_get(State& state, Caller& caller, u32 directory, u32 lookup, u32 path, u32 size,
                        u32 result) {
  const auto target = target_of(state, caller, directory, rights::kPathStat, path, size);
  if (!target) return target.error();
  const auto follow = follows(lookup);
  if (!follow) return follow.error();
  const auto stat = state.files->stat(target->handle(), target->path, *follow);
  if (!stat) return stat.error();
  return store_stat<kVersion>(GuestMemory(caller), result, *stat) ? Errno::success : Errno::fault;
}
template Errno path_filestat_get<Version::preview1>(State&, Caller&, u32, u32, u32, u32, u32);
template Errno path_filestat_get<Version::unstable>(State&, Caller&, u32, u32, u32, u32, u32);

Errno path_filestat_set_times(State& state, Caller& caller, u32 directory, u32 lookup, u32 path, u32 size,
                              u64 accessed, u64 modified, u32 flags) {
  const auto target = target_of(state, caller, directory, rights::kPathSetTimes, path, size);
  if (!target) return target.error();
  const auto follow = follows(lookup);
  const auto times = new_times(accessed, modified, flags);
  if (!follow || !times) return Errno::invalid;
  return errno_of(
      state.files->set_times(target->handle(), target->path, *follow, times->first, times->second));
}

// Safety: both directories need a right that a read-only one does not have, so that nobody
// changes a file of that by another name.
Errno path_link(State& state, Caller& caller, u32 from, u32 lookup, u32 from_path, u32 from_size, u32 to,
                u32 to_path, u32 to_size) {
  const auto source = target_of(state, caller, from, rights::kLinkSource, from_path, from_size);
  if (!source) return source.error();
  const auto target = target_of(state, caller, to, rights::kLinkTarget, to_path, to_size);
  if (!target) return target.error();
  if (lookup != 0) return Errno::invalid;  // the system has no such call without a race
  return errno_of(state.files->link(source->handle(), source->path, target->handle(), target->path));
}

Errno path_open(State& state, Caller& caller, u32 directory, u32 lookup, u32 path, u32 size, u32 open_flags,
                u64 base, u64 inheriting, u32 flags, u32 result) {
  const auto target = target_of(state, caller, directory, rights::kOpen, path, size);
  if (!target) return target.error();
  const auto follow = follows(lookup);
  if (!follow) return follow.error();
  auto opening = opening_of(*target->directory, open_flags, base, inheriting, flags);
  if (!opening) return opening.error();
  opening->request.follow = *follow;
  const GuestMemory memory(caller);
  // Before the file is made or cut off.
  if (!memory.bytes(result, sizeof(u32))) return Errno::fault;
  if (state.descriptors.is_full()) return Errno::too_many_descriptors;
  auto opened = state.files->open(target->handle(), target->path, opening->request);
  if (!opened) return opened.error();
  // As POSIX has it. Every other right that makes no sense for a directory is left out.
  if (opened->type == FileType::directory && (base & rights::kWrite) != 0) return Errno::is_directory;
  const auto number = state.descriptors.add(descriptor_of(std::move(*opened), *opening, flags));
  if (!number) return number.error();
  return memory.store(result, *number) ? Errno::success : Errno::fault;
}

Errno path_readlink(State& state, Caller& caller, u32 directory, u32 path, u32 size, u32 buffer,
                    u32 buffer_size, u32 result) {
  const auto target = target_of(state, caller, directory, rights::kReadLink, path, size);
  if (!target) return target.error();
  const auto text = state.files->read_link(target->handle(), target->path);
  if (!text) return text.error();
  const GuestMemory memory(caller);
  const u32 fits = static_cast<u32>(std::min<std::size_t>(text->size(), buffer_size));
  const bool stored = memory.store_bytes(buffer, text->data(), fits) && memory.store(result, fits);
  return stored ? Errno::success : Errno::fault;
}

Errno path_remove_directory(State& state, Caller& caller, u32 directory, u32 path, u32 size) {
  const auto target = target_of(state, caller, directory, rights::kRemoveDirectory, path, size);
  if (!target) return target.error();
  return errno_of(state.files->remove_directory(target->handle(), target->path));
}

// Safety: as path_link.
Errno path_rename(State& state, Caller& caller, u32 from, u32 from_path, u32 from_size, u32 to, u32 to_path,
                  u32 to_size) {
  const auto source = target_of(state, caller, from, rights::kRenameSource, from_path, from_size);
  if (!source) return source.error();
  const auto target = target_of(state, caller, to, rights::kRenameTarget, to_path, to_size);
  if (!target) return target.error();
  return errno_of(state.files->rename(source->handle(), source->path, target->handle(), target->path));
}

Errno path_symlink(State& state, Caller& caller, u32 text, u32 text_size, u32 directory, u32 path, u32 size) {
  const auto target = target_of(state, caller, directory, rights::kSymlink, path, size);
  if (!target) return target.error();
  const auto loaded = GuestMemory(caller).load_path(text, text_size);
  if (!loaded) return loaded.error();
  return errno_of(state.files->symlink(*loaded, target->handle(), target->path));
}

Errno path_unlink_file(State& state, Caller& caller, u32 directory, u32 path, u32 size) {
  const auto target = target_of(state, caller, directory, rights::kUnlink, path, size);
  if (!target) return target.error();
  return errno_of(state.files->unlink(target->handle(), target->path));
}

}  // namespace tenon::wasi
