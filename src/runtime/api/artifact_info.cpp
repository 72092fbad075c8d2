// Reading what an artifact says of itself (tenon/artifact_info.hpp).
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "artifact/artifact_file.hpp"
#include "base/error.hpp"
#include "runtime/code/process_types.hpp"

namespace tenon {

std::expected<ArtifactInfo, Error> read_artifact_info(const std::filesystem::path& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    return base::fail(Phase::load, ErrorCode::io,
                      path.string() + ": cannot be opened: " + std::strerror(errno));
  }
  auto note = artifact::check_artifact(fd, path.string());
  close(fd);
  if (!note) return std::unexpected(std::move(note.error()));
  return runtime::in_process_types(std::move(note->note));
}

}  // namespace tenon
