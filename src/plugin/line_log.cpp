#include "plugin/line_log.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <bit>
#include <iostream>
#include <new>
#include <utility>

#include "base/utf8.hpp"

namespace tenon::plugin {
namespace {

// Safety: std::clog may be a terminal, and a guest's bytes could be commands to it.
void log_to_clog(LogStream stream, std::string_view line) {
  const std::string who = stream == LogStream::warning ? "[tenon] " : "[plugin] ";
  std::clog << who + base::printable(line, LineLog::kMaxLine) + '\n';
}

}  // namespace

LineLog::LineLog(LogCallback callback, std::shared_ptr<runtime::Budget> budget, std::uint64_t limit)
    : callback_(std::move(callback)), budget_(std::move(budget)), limit_(limit) {
  if (!callback_) callback_ = log_to_clog;
}

void LineLog::free_room() {
  has_room_ = false;
  for (std::string& line : pending_) {
    const std::size_t had = line.capacity() - std::string().capacity();
    if (had == 0) continue;
    if (!line.empty()) {
      has_room_ = true;
      continue;
    }
    if (budget_ != nullptr) budget_->release(had);
    line = std::string();
  }
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
  while (!text.empty()) {
    if (line.size() == kMaxLine) end_line(stream);
    const std::string_view piece = text.substr(0, kMaxLine - line.size());
    if (make_room(line, line.size() + piece.size())) {
      line.append(piece);
      has_pending_ = true;
    } else {
      if (!line.empty()) end_line(stream);
      pass_on(stream, std::string(piece));
    }
    text.remove_prefix(piece.size());
  }
}

bool LineLog::make_room(std::string& line, std::size_t size) {
  const std::size_t had = line.capacity();
  if (size <= had) return true;
  // At least twice what it had, which is what the string then takes.
  const std::size_t wanted = std::max<std::size_t>(64, std::bit_ceil(size));
  if (budget_ != nullptr && !budget_->reserve(wanted - had)) return false;
  line.reserve(wanted);
  has_room_ = true;
  return true;
}

// Safety: the callback gets neither `pending_` nor the guest's memory: it may call a
// guest, which could change either while the callback reads it.
void LineLog::end_line(LogStream stream) {
  std::string& pending = pending_[std::to_underlying(stream)];
  std::string line;
  line.swap(pending);
  pass_on(stream, line);
  line.clear();
  if (pending.empty()) {
    pending.swap(line);  // for its room
  } else if (budget_ != nullptr) {
    budget_->release(line.capacity() - std::string().capacity());
  }
}

// Keeps the first failure only, so that a callback that always throws cannot fill the
// host's memory. Where there is no memory for its words, it is kept without them.
void LineLog::keep_failure(const char* what) {
  if (failure_) return;
  try {
    failure_.emplace(what);
  } catch (const std::bad_alloc&) {
    failure_.emplace();
  }
}

// Once a line did not fit, none fits: the log of a call is whole up to where it ends.
void LineLog::pass_on(LogStream stream, std::string_view line) {
  const std::uint64_t bytes = line.size() + 1;
  if (dropped_ == 0 && bytes <= left_) {
    left_ -= bytes;
    deliver(stream, line);
  } else {
    dropped_ += bytes;
  }
  if (stream == LogStream::standard_error) last_error_line_ = line.substr(0, kMostKept);
}

void LineLog::tell_dropped() {
  const std::uint64_t dropped = std::exchange(dropped_, 0);
  warn(std::to_string(dropped) + " bytes of log dropped; one call may log " + std::to_string(limit_) +
       " (PluginOptions::log_limit, --log-limit)");
}

void LineLog::deliver(LogStream stream, std::string_view line) {
  try {
    callback_(stream, line);
  } catch (abi::__forced_unwind&) {  // the thread ends in it
    throw;
  } catch (const std::exception& exception) {
    keep_failure(exception.what());
  } catch (...) {
    keep_failure("something that is no std::exception");
  }
}

}  // namespace tenon::plugin
