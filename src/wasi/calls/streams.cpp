// Bytes in and out: of the standard streams, which are the host's functions, and of files.
#include <algorithm>
#include <cstddef>

#include "base/error.hpp"
#include "runtime/call/interruption.hpp"
#include "wasi/calls/functions.hpp"
#include "wasi/guest/guest_memory.hpp"
#include "wasi/guest/vectors.hpp"

namespace tenon::wasi {
namespace {

// Safety: nobody stops a host function, so one call moves no more of a file than takes
// some milliseconds. No reset undoes more than that of a call that read nothing.
constexpr u64 kMaxTransfer = 16 << 20;

std::span<std::uint8_t> bytes_of(const iovec& vector) {
  return {static_cast<std::uint8_t*>(vector.iov_base), vector.iov_len};
}

// Safety: the host's function may take its time for each line, and there may be 4 GiB of
// them. In between, the call ends where it is to end. Null: it goes on.
base::Failure write_all(const std::function<void(std::span<const std::uint8_t>)>& sink,
                        std::span<const iovec> vectors) {
  constexpr std::size_t kPiece = 64 * 1024;
  for (const iovec& vector : vectors) {
    for (auto rest = bytes_of(vector); sink && !rest.empty();) {
      if (auto why = runtime::why_this_call_is_to_end()) return std::make_unique<Error>(std::move(*why));
      const auto piece = rest.first(std::min(rest.size(), kPiece));
      sink(piece);
      rest = rest.subspan(piece.size());
    }
  }
  return nullptr;
}

u64 size_of(std::span<const iovec> vectors) {
  u64 size = 0;
  for (const iovec& vector : vectors) size += vector.iov_len;
  return size;
}

u64 read_some(const std::function<std::size_t(std::span<std::uint8_t>)>& source,
              std::span<const iovec> vectors) {
  u64 read = 0;
  for (const iovec& vector : vectors) {
    if (!source) break;
    if (vector.iov_len == 0) continue;
    const std::size_t got = std::min(source(bytes_of(vector)), vector.iov_len);
    read += got;
    if (got < vector.iov_len) break;
  }
  return read;
}

// Nothing moves where the vectors, or the place of the result, are bad. `move` gives how
// many bytes it has moved.
template <typename Move>
Errno transfer(Caller& caller, u32 vectors, u32 count, u32 result, Move move) {
  const GuestMemory memory(caller);
  if (!memory.bytes(result, sizeof(u32))) return Errno::fault;
  auto loaded = Vectors::load(memory, vectors, count);
  if (!loaded) return loaded.error();
  const Result<u64> moved = move(*loaded);
  if (!moved) return moved.error();
  return memory.store(result, static_cast<u32>(*moved)) ? Errno::success : Errno::fault;
}

// As POSIX has it: to write to what is not open for writing gives EBADF.
Result<const Descriptor*> find_open(State& state, u32 descriptor, Rights wanted) {
  const auto found = state.descriptors.find(descriptor, wanted);
  if (!found) return std::unexpected(Errno::bad_descriptor);
  return *found;
}

Result<const Descriptor*> find_seekable(State& state, u32 descriptor, Rights wanted) {
  const auto found = find_open(state, descriptor, wanted);
  if (found && (*found)->is_stream()) return std::unexpected(Errno::not_seekable);
  if (found && !(*found)->has(rights::kSeek)) return std::unexpected(Errno::not_capable);
  return found;
}

}  // namespace

std::expected<Errno, Error> fd_write(State& state, Caller& caller, u32 descriptor, u32 vectors, u32 count,
                                     u32 result) {
  const auto open = find_open(state, descriptor, rights::kWrite);
  if (!open) return open.error();
  base::Failure stopped;
  const Errno done = transfer(caller, vectors, count, result, [&](Vectors& loaded) -> Result<u64> {
    if ((*open)->is_stream()) {
      const bool is_output = (*open)->kind == Descriptor::Kind::output;
      stopped =
          write_all(is_output ? state.options.standard_output : state.options.standard_error, loaded.all());
      return size_of(loaded.all());
    }
    loaded.limit(kMaxTransfer);
    return state.files->write(*(*open)->handle, loaded.all(), std::nullopt);
  });
  if (stopped != nullptr) return std::unexpected(std::move(*stopped));
  return done;
}

Errno fd_pwrite(State& state, Caller& caller, u32 descriptor, u32 vectors, u32 count, u64 offset,
                u32 result) {
  const auto open = find_seekable(state, descriptor, rights::kWrite);
  if (!open) return open.error();
  return transfer(caller, vectors, count, result, [&](Vectors& loaded) {
    loaded.limit(kMaxTransfer);
    return state.files->write(*(*open)->handle, loaded.all(), offset);
  });
}

Errno fd_read(State& state, Caller& caller, u32 descriptor, u32 vectors, u32 count, u32 result) {
  const auto open = find_open(state, descriptor, rights::kRead);
  if (!open) return open.error();
  return transfer(caller, vectors, count, result, [&](Vectors& loaded) -> Result<u64> {
    loaded.limit(kMaxTransfer);
    loaded.note_writes(GuestMemory(caller));
    if ((*open)->is_stream()) return read_some(state.options.standard_input, loaded.all());
    return state.files->read(*(*open)->handle, loaded.all(), std::nullopt);
  });
}

Errno fd_pread(State& state, Caller& caller, u32 descriptor, u32 vectors, u32 count, u64 offset, u32 result) {
  const auto open = find_seekable(state, descriptor, rights::kRead);
  if (!open) return open.error();
  return transfer(caller, vectors, count, result, [&](Vectors& loaded) {
    loaded.limit(kMaxTransfer);
    loaded.note_writes(GuestMemory(caller));
    return state.files->read(*(*open)->handle, loaded.all(), offset);
  });
}

}  // namespace tenon::wasi
