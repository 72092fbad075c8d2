// What a descriptor is, and what may be done with it.
#include "wasi/calls/flags.hpp"
#include "wasi/calls/functions.hpp"
#include "wasi/guest/guest_memory.hpp"

namespace tenon::wasi {
namespace {

// The streams are character devices without the rights to seek and tell, which is what
// wasi-libc's isatty() asks for. So libc buffers by lines, and a guest's output and errors
// come out in the order in which it printed them.
FileType type_of(const Descriptor& descriptor) {
  if (descriptor.is_stream()) return FileType::character_device;
  return descriptor.is_directory() ? FileType::directory : FileType::regular_file;
}

// No descriptor is a socket.
Errno no_socket(State& state, u32 descriptor) {
  return state.descriptors.find(descriptor) == nullptr ? Errno::bad_descriptor : Errno::not_socket;
}

const Descriptor* find_preopen(State& state, u32 descriptor) {
  const Descriptor* const found = state.descriptors.find(descriptor);
  return found != nullptr && found->guest_name ? found : nullptr;
}

}  // namespace

Errno fd_close(State& state, Caller&, u32 descriptor) {
  return errno_of(state.descriptors.close(descriptor));
}

Errno fd_fdstat_get(State& state, Caller& caller, u32 descriptor, u32 result) {
  const Descriptor* const open = state.descriptors.find(descriptor);
  if (open == nullptr) return Errno::bad_descriptor;
  const FdStat stat{.file_type = static_cast<std::uint8_t>(type_of(*open)),
                    .flags = open->flags,
                    .rights_base = open->base,
                    .rights_inheriting = open->inheriting};
  return GuestMemory(caller).store(result, stat) ? Errno::success : Errno::fault;
}

Errno fd_fdstat_set_flags(State& state, Caller&, u32 descriptor, u32 flags) {
  const auto open = state.descriptors.find(descriptor, rights::kSetFlags);
  if (!open) return open.error();
  if ((flags & ~u32{fd_flags::kAll}) != 0) return Errno::invalid;
  Descriptor& found = **open;
  const auto wanted = static_cast<std::uint16_t>(flags);
  if (found.kind == Descriptor::Kind::file) {
    // The system cannot change these of a file that is open.
    if (((wanted ^ found.flags) & fd_flags::kAnySync) != 0) return Errno::not_supported;
    const auto set = state.files->set_append(*found.handle, (wanted & fd_flags::kAppend) != 0);
    if (!set) return set.error();
  }
  found.flags = wanted;
  state.descriptors.note_change();
  return Errno::success;
}

Errno fd_fdstat_set_rights(State& state, Caller&, u32 descriptor, u64 base, u64 inheriting) {
  Descriptor* const open = state.descriptors.find(descriptor);
  if (open == nullptr) return Errno::bad_descriptor;
  // Safety: rights only shrink.
  if ((base & ~open->base) != 0 || (inheriting & ~open->inheriting) != 0) return Errno::not_capable;
  open->base = base;
  open->inheriting = inheriting;
  state.descriptors.note_change();
  return Errno::success;
}

Errno fd_prestat_get(State& state, Caller& caller, u32 descriptor, u32 result) {
  const Descriptor* const open = find_preopen(state, descriptor);
  if (open == nullptr) return Errno::bad_descriptor;
  const Prestat stat{.name_size = static_cast<u32>(open->guest_name->size())};
  return GuestMemory(caller).store(result, stat) ? Errno::success : Errno::fault;
}

Errno fd_prestat_dir_name(State& state, Caller& caller, u32 descriptor, u32 name, u32 size) {
  const Descriptor* const open = find_preopen(state, descriptor);
  if (open == nullptr) return Errno::bad_descriptor;
  const std::string& text = *open->guest_name;
  if (size < text.size()) return Errno::name_too_long;
  return GuestMemory(caller).store_bytes(name, text.data(), text.size()) ? Errno::success : Errno::fault;
}

Errno fd_renumber(State& state, Caller&, u32 from, u32 to) {
  return errno_of(state.descriptors.renumber(from, to));
}

Errno sock_accept(State& state, Caller&, u32 descriptor, u32, u32) { return no_socket(state, descriptor); }
Errno sock_recv(State& state, Caller&, u32 descriptor, u32, u32, u32, u32, u32) {
  return no_socket(state, descriptor);
}
Errno sock_send(State& state, Caller&, u32 descriptor, u32, u32, u32, u32) {
  return no_socket(state, descriptor);
}
Errno sock_shutdown(State& state, Caller&, u32 descriptor, u32) { return no_socket(state, descriptor); }

}  // namespace tenon::wasi
