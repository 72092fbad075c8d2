// Lines of a file or pipe, as soon as each is whole.
#pragma once

#include <cstddef>
#include <string>

namespace tenon::tool {

class LineReader {
 public:
  // Reading ends when `stop`, another descriptor, becomes readable; -1: never. Both stay the
  // caller's.
  explicit LineReader(int descriptor, int stop = -1) : descriptor_(descriptor), stop_(stop) {}

  // The next line without its newline; what is behind the last newline is a line, too. False at
  // the end, and where reading failed or was stopped.
  bool next(std::string& line);
  // Whether next() has a line without waiting for anybody.
  [[nodiscard]] bool has_line() const;
  [[nodiscard]] bool has_failed() const { return has_failed_; }

 private:
  bool read_more();

  int descriptor_, stop_;
  std::string buffer_;
  std::size_t start_ = 0;     // of the next line
  std::size_t searched_ = 0;  // there is no newline between start_ and this
  bool has_ended_ = false;
  bool has_failed_ = false;
};

}  // namespace tenon::tool
