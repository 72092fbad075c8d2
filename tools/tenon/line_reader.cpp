#include "line_reader.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace tenon::tool {
namespace {

constexpr std::size_t kChunk = std::size_t{64} << 10;

// False where `stop` says that there is no use in reading.
bool wait_for(int descriptor, int stop) {
  if (stop < 0) return true;
  pollfd both[] = {{descriptor, POLLIN, 0}, {stop, POLLIN, 0}};
  while (poll(both, 2, -1) < 0 && errno == EINTR) {}
  return both[1].revents == 0;
}

}  // namespace

bool LineReader::has_line() const { return buffer_.find('\n', start_) != std::string::npos; }

bool LineReader::next(std::string& line) {
  for (;;) {
    const std::size_t end = buffer_.find('\n', searched_);
    if (end != std::string::npos) {
      line.assign(buffer_, start_, end - start_);
      start_ = searched_ = end + 1;
      return true;
    }
    searched_ = buffer_.size();
    if (read_more()) continue;
    if (start_ == buffer_.size() || has_failed_) return false;
    line.assign(buffer_, start_);
    start_ = searched_ = buffer_.size();
    return true;
  }
}

bool LineReader::read_more() {
  if (has_ended_) return false;
  buffer_.erase(0, start_);
  searched_ -= start_;
  start_ = 0;
  const std::size_t had = buffer_.size();
  if (!wait_for(descriptor_, stop_)) {
    has_ended_ = true;
    buffer_.clear();
    searched_ = 0;
    return false;
  }
  buffer_.resize(had + kChunk);
  ssize_t count;
  do {
    count = read(descriptor_, buffer_.data() + had, kChunk);
  } while (count < 0 && errno == EINTR);
  buffer_.resize(had + static_cast<std::size_t>(count > 0 ? count : 0));
  has_failed_ = count < 0;
  has_ended_ = count <= 0;
  return !has_ended_;
}

}  // namespace tenon::tool
