// The standard streams of WASI preview 1: descriptors 0, 1 and 2.
#include <algorithm>
#include <cstddef>
#include <limits>

#include "wasi/functions.hpp"
#include "wasi/guest_memory.hpp"

namespace tenon::wasi {
namespace {

// As IOV_MAX on Linux: bounds the work that one call can ask for.
constexpr std::uint32_t kMaxVectors = 1024;

struct IoVector {  // iovec and ciovec
  std::uint32_t buffer;
  std::uint32_t size;
};
static_assert(sizeof(IoVector) == 8);

struct FdStat {  // fdstat
  std::uint8_t file_type;
  std::uint8_t padding0;
  std::uint16_t flags;
  std::uint32_t padding1;
  std::uint64_t rights_base;
  std::uint64_t rights_inheriting;
};
static_assert(sizeof(FdStat) == 24 && offsetof(FdStat, rights_base) == 8);

// The streams are character devices without the rights to seek and tell, which is what
// wasi-libc's isatty() asks for. So libc buffers by lines, and a guest's output and errors
// come out in the order in which it printed them.
constexpr std::uint8_t kCharacterDevice = 2;
constexpr std::uint64_t kRightRead = 1u << 1;
constexpr std::uint64_t kRightWrite = 1u << 6;
constexpr std::uint16_t kAllFlags = 0x1F;  // append, dsync, nonblock, rsync, sync

std::optional<IoVector> load_vector(const GuestMemory& memory, std::uint32_t vectors, std::uint32_t index) {
  return memory.load<IoVector>(vectors + std::uint64_t{index} * sizeof(IoVector));
}

// Checks every vector before a byte moves, so that a bad one leaves no work half done.
// Also checks that the byte count fits the 32 bits of the result.
Errno check_vectors(const GuestMemory& memory, std::uint32_t vectors, std::uint32_t count,
                    std::uint32_t result) {
  if (count > kMaxVectors) return Errno::invalid;
  if (!memory.bytes(result, sizeof(std::uint32_t))) return Errno::fault;
  std::uint64_t total = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto vector = load_vector(memory, vectors, i);
    if (!vector || !memory.bytes(vector->buffer, vector->size)) return Errno::fault;
    total += vector->size;
  }
  return total > std::numeric_limits<std::uint32_t>::max() ? Errno::invalid : Errno::success;
}

}  // namespace

Errno fd_write(State& state, Caller& caller, std::uint32_t descriptor, std::uint32_t vectors,
               std::uint32_t count, std::uint32_t result) {
  const Descriptor* open = state.descriptors.find(descriptor);
  if (open == nullptr || open->stream == Stream::input) return Errno::bad_descriptor;
  const GuestMemory memory(caller);
  if (const Errno bad = check_vectors(memory, vectors, count, result); bad != Errno::success) return bad;
  const auto& sink =
      open->stream == Stream::output ? state.options.standard_output : state.options.standard_error;
  std::uint32_t written = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto vector = load_vector(memory, vectors, i);
    const auto bytes = vector ? memory.bytes(vector->buffer, vector->size) : std::nullopt;
    if (!bytes) return Errno::fault;
    if (sink && !bytes->empty()) sink(*bytes);
    written += vector->size;
  }
  return memory.store(result, written) ? Errno::success : Errno::fault;
}

Errno fd_read(State& state, Caller& caller, std::uint32_t descriptor, std::uint32_t vectors,
              std::uint32_t count, std::uint32_t result) {
  if (state.descriptors.find(descriptor, Stream::input) == nullptr) return Errno::bad_descriptor;
  const GuestMemory memory(caller);
  if (const Errno bad = check_vectors(memory, vectors, count, result); bad != Errno::success) return bad;
  const auto& source = state.options.standard_input;
  std::uint64_t read = 0;
  for (std::uint32_t i = 0; source && i < count; ++i) {
    // A buffer may overlap the vectors that follow. So what counts is what is read now,
    // not what was checked above.
    const auto vector = load_vector(memory, vectors, i);
    const auto room = vector ? memory.room(vector->buffer, vector->size) : std::nullopt;
    if (!room) return Errno::fault;
    if (room->empty()) continue;
    const std::size_t got = std::min(source(*room), room->size());
    read += got;
    if (got < room->size()) break;
  }
  return memory.store(result, static_cast<std::uint32_t>(read)) ? Errno::success : Errno::fault;
}

Errno fd_close(State& state, Caller&, std::uint32_t descriptor) {
  return state.descriptors.close(descriptor) ? Errno::success : Errno::bad_descriptor;
}

Errno fd_fdstat_get(State& state, Caller& caller, std::uint32_t descriptor, std::uint32_t result) {
  const Descriptor* open = state.descriptors.find(descriptor);
  if (open == nullptr) return Errno::bad_descriptor;
  const FdStat stat{.file_type = kCharacterDevice,
                    .padding0 = 0,
                    .flags = open->flags,
                    .padding1 = 0,
                    .rights_base = open->stream == Stream::input ? kRightRead : kRightWrite,
                    .rights_inheriting = 0};
  return GuestMemory(caller).store(result, stat) ? Errno::success : Errno::fault;
}

Errno fd_fdstat_set_flags(State& state, Caller&, std::uint32_t descriptor, std::uint32_t flags) {
  Descriptor* open = state.descriptors.find(descriptor);
  if (open == nullptr) return Errno::bad_descriptor;
  if ((flags & ~std::uint32_t{kAllFlags}) != 0) return Errno::invalid;
  open->flags = static_cast<std::uint16_t>(flags);
  return Errno::success;
}

Errno fd_seek(State& state, Caller&, std::uint32_t descriptor, std::uint64_t, std::uint32_t, std::uint32_t) {
  return state.descriptors.find(descriptor) == nullptr ? Errno::bad_descriptor : Errno::not_seekable;
}

Errno fd_tell(State& state, Caller&, std::uint32_t descriptor, std::uint32_t) {
  return state.descriptors.find(descriptor) == nullptr ? Errno::bad_descriptor : Errno::not_seekable;
}

}  // namespace tenon::wasi
