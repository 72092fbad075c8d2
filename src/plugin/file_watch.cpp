#include "plugin/file_watch.hpp"

#include <limits.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.hpp"
#include "base/thread.hpp"

namespace tenon::plugin {
namespace {

constexpr std::uint32_t kEnd = IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT;

std::unexpected<Error> cannot_watch(const std::filesystem::path& path, int error) {
  const bool is_short = error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOSPC;
  return base::fail(Phase::load, is_short ? ErrorCode::out_of_resources : ErrorCode::io,
                    path.string() + ": cannot be watched: " + std::strerror(error) +
                        (is_short ? " (fs.inotify.max_user_instances and max_user_watches)" : ""));
}

}  // namespace

std::expected<std::unique_ptr<FileWatch>, Error> FileWatch::make(const std::filesystem::path& path) {
  const int notifications = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (notifications < 0) return cannot_watch(path, errno);
  const int end = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  const int error = errno;
  std::unique_ptr<FileWatch> made(new FileWatch(path, notifications, end));
  if (end < 0) return cannot_watch(path, error);
  const std::uint32_t wanted = IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
  if (inotify_add_watch(notifications, path.parent_path().c_str(), wanted) < 0)
    return cannot_watch(path, errno);
  made->identity_ = made->identity();
  return made;
}

FileWatch::~FileWatch() {
  if (!thread_) return;
  const std::uint64_t one = 1;
  static_cast<void>(!write(end_.fd(), &one, sizeof(one)));  // fails only where it is set already
  thread_->join();
}

std::expected<void, Error> FileWatch::start(Functions functions) {
  functions_ = std::move(functions);
  thread_ = base::start_thread([this] { run(); });
  if (thread_) return {};
  return base::fail(Phase::load, ErrorCode::out_of_resources, path_.string() + ": no thread to watch it");
}

void FileWatch::run() {
  while (wait()) {
    const Seen seen = read_events();
    if (seen == Seen::end) {
      functions_.lost({.phase = Phase::load,
                       .code = ErrorCode::io,
                       .message = path_.string() + ": its folder is gone, and is watched no longer"});
      return;
    }
    if (seen == Seen::file || (seen == Seen::something && is_another())) {
      identity_ = identity();  // before it is read: what comes later is another change
      functions_.changed();
    }
  }
}

// False when it is time to end.
bool FileWatch::wait() const {
  pollfd both[] = {{notifications_.fd(), POLLIN, 0}, {end_.fd(), POLLIN, 0}};
  while (poll(both, 2, -1) < 0 && errno == EINTR) {}
  return both[1].revents == 0;
}

// All that there are: a file that is written many times is one change.
FileWatch::Seen FileWatch::read_events() const {
  const std::string wanted = path_.filename().string();
  alignas(inotify_event) char buffer[16 * (sizeof(inotify_event) + NAME_MAX + 1)];
  Seen seen = Seen::nothing;
  for (ssize_t size; (size = read(notifications_.fd(), buffer, sizeof(buffer))) > 0;) {
    for (const char* at = buffer; at < buffer + size;) {
      const auto& event = *reinterpret_cast<const inotify_event*>(at);
      at += sizeof(event) + event.len;
      const bool is_file = event.len > 0 && wanted == event.name;
      const bool may_be_file = is_file || (event.mask & IN_Q_OVERFLOW) != 0;
      seen = std::max(seen, (event.mask & kEnd) != 0 ? Seen::end
                            : may_be_file            ? Seen::file
                                                     : Seen::something);
    }
  }
  return seen;
}

FileWatch::Identity FileWatch::identity() const {
  struct stat status{};
  if (stat(path_.c_str(), &status) != 0) return {};
  return {
      .device = status.st_dev, .number = status.st_ino, .size = status.st_size, .modified = status.st_mtim};
}

// Whether the path leads to something else than before, as when a link on its way was replaced.
bool FileWatch::is_another() {
  const Identity now = identity();
  return now.number != 0 && (now.device != identity_.device || now.number != identity_.number ||
                             now.size != identity_.size || now.modified.tv_sec != identity_.modified.tv_sec ||
                             now.modified.tv_nsec != identity_.modified.tv_nsec);
}

}  // namespace tenon::plugin
