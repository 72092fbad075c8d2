// Cuts what a plugin prints into lines for the log callback, up to a number of bytes in
// each call.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <tenon/plugin.hpp>

#include "runtime/memory/budget.hpp"

namespace tenon::plugin {

// Used by one thread at a time. The callback gets the guest's bytes as they are, UTF-8 or
// not. If it throws, that line is lost; the guest goes on, and whoever called it hears of
// it when it has returned (take_failure).
class LineLog {
 public:
  // A line longer than this is passed on in pieces, so that a guest that never
  // ends its line cannot fill the host's memory.
  static constexpr std::size_t kMaxLine = 64 * 1024;

  // An empty callback stands for lines on std::clog, as "[plugin] line", where all but
  // plain text is written as \xNN (base::printable). Unfinished lines count for `budget`,
  // which may be null; where it has no room, they are passed on unfinished. Of the lines of
  // a call only as many are passed on as fit into `limit` bytes, newlines included.
  explicit LineLog(LogCallback callback, std::shared_ptr<runtime::Budget> budget = nullptr,
                   std::uint64_t limit = UINT64_MAX);

  // A line that somebody left unfinished is passed on, and no part of this call's.
  void begin_call() {
    if (has_pending_) end_lines();
    if (dropped_ > 0) tell_dropped();
    left_ = limit_;
    last_error_line_.clear();
  }
  // Gives the room of lines back: how much there is tells what earlier calls wrote.
  void give_back_room() {
    if (has_room_) free_room();
  }
  void write(LogStream stream, std::string_view text);
  // Passes on what has no newline yet, at the end of a call, and says how much was dropped.
  void flush() {
    if (has_pending_) end_lines();
    if (dropped_ > 0) tell_dropped();
  }
  // A line of Tenon's own, which counts for no limit.
  void warn(std::string_view line) { deliver(LogStream::warning, line); }

  // The last line of standard error since begin_call(), or its first kMostKept bytes,
  // dropped or not: there guests say why they are about to exit.
  [[nodiscard]] const std::string& last_error_line() const { return last_error_line_; }

  [[nodiscard]] bool has_failure() const { return failure_.has_value(); }
  // What the callback threw since the last time; of several, the first.
  [[nodiscard]] std::optional<std::string> take_failure() { return std::exchange(failure_, std::nullopt); }

 private:
  static constexpr std::size_t kMostKept = 4096;

  void free_room();
  void append(LogStream stream, std::string_view text);
  [[nodiscard]] bool make_room(std::string& line, std::size_t size);
  void end_line(LogStream stream);
  void end_lines();
  void pass_on(LogStream stream, std::string_view line);
  void deliver(LogStream stream, std::string_view line);
  void tell_dropped();
  void keep_failure(const char* what);

  LogCallback callback_;
  std::shared_ptr<runtime::Budget> budget_;
  const std::uint64_t limit_;
  std::uint64_t left_ = limit_;         // of this call
  std::uint64_t dropped_ = 0;           // bytes
  std::array<std::string, 3> pending_;  // by LogStream, of guests
  bool has_pending_ = false;            // text may be in them
  bool has_room_ = false;               // they may have taken room
  std::string last_error_line_;
  std::optional<std::string> failure_;
};

}  // namespace tenon::plugin
