#include "runtime/memory/image.hpp"

#include <unistd.h>

namespace tenon::runtime {

File::~File() { close(fd_); }

}  // namespace tenon::runtime
