#include "plugin/line_log.hpp"

#include <cxxabi.h>

#include <iostream>
#include <utility>

namespace tenon::plugin {
namespace {

void log_to_clog(LogStream, std::string_view line) { std::clog << "[plugin] " << line << '\n'; }

}  // namespace

LineLog::LineLog(LogCallback callback) : callback_(std::move(callback)) {
  if (!callback_) callback_ = log_to_clog;
}

void LineLog::write(LogStream stream, std::string_view text) {
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    append(stream, text.substr(0, end));
    end_line(stream);
    text.remove_prefix(end + 1);
  }
  append(stream, text);
}

void LineLog::end_lines() {
  has_pending_ = false;
  for (const auto stream : {LogStream::standard_output, LogStream::standard_error, LogStream::trace}) {
    if (!pending_[std::to_underlying(stream)].empty()) end_line(stream);
  }
}

void LineLog::append(LogStream stream, std::string_view text) {
  std::string& line = pending_[std::to_underlying(stream)];
  while (line.size() + text.size() > kMaxLine) {
    const std::size_t room = kMaxLine - line.size();
    line.append(text.substr(0, room));
    text.remove_prefix(room);
    end_line(stream);
  }
  line.append(text);
  has_pending_ = true;
}

void LineLog::end_line(LogStream stream) {
  std::string& line = pending_[std::to_underlying(stream)];
  try {
    callback_(stream, line);
  } catch (abi::__forced_unwind&) {  // the thread ends in it
    throw;
  } catch (...) {  // see the class comment
  }
  if (stream == LogStream::standard_error) last_error_line_ = line;
  line.clear();
}

}  // namespace tenon::plugin
