#include "wasi/files/host_errno.hpp"

#include <cerrno>

namespace tenon::wasi {

Errno from_host_errno(int number) {
  switch (number) {
    case EACCES: return Errno::access;
    case EAGAIN: return Errno::again;
    case EBADF: return Errno::bad_descriptor;
    case EBUSY: return Errno::busy;
    case EDQUOT: return Errno::quota;
    case EEXIST: return Errno::exists;
    case EFBIG: return Errno::file_too_large;
    case EINTR: return Errno::interrupted;
    case EINVAL: return Errno::invalid;
    case EISDIR: return Errno::is_directory;
    case ELOOP: return Errno::loop;
    case EMFILE: return Errno::too_many_open_files;  // of the host's, whichever limit it was
    case ENFILE: return Errno::too_many_open_files;
    case EMLINK: return Errno::too_many_links;
    case ENAMETOOLONG: return Errno::name_too_long;
    case ENODEV: return Errno::no_device;
    case ENOENT: return Errno::no_entry;
    case ENOMEM: return Errno::no_memory;
    case ENOSPC: return Errno::no_space;
    case ENOSYS: return Errno::not_implemented;
    case ENOTDIR: return Errno::not_directory;
    case ENOTEMPTY: return Errno::not_empty;
    case ENOTSUP: return Errno::not_supported;
    case ENXIO: return Errno::no_such_device;
    case EOVERFLOW: return Errno::overflow;
    case EPERM: return Errno::not_permitted;
    case EPIPE: return Errno::broken_pipe;
    case EROFS: return Errno::read_only_files;
    case ESPIPE: return Errno::not_seekable;
    case ESTALE: return Errno::stale;
    case ETXTBSY: return Errno::text_busy;
    case EXDEV: return Errno::cross_device;
    default: return Errno::io;
  }
}

std::unexpected<Errno> host_failure() { return std::unexpected(from_host_errno(errno)); }

}  // namespace tenon::wasi
