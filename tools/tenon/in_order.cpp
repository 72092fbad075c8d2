#include "in_order.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

namespace tenon::tool {

InOrder::InOrder(std::size_t threads, Work work, Write write)
    : work_(std::move(work)), write_(std::move(write)), stop_(eventfd(0, EFD_CLOEXEC)) {
  try {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
  } catch (...) {
    join();
    close(stop_);
    throw;
  }
}

InOrder::~InOrder() {
  {
    const std::lock_guard lock(mutex_);
    stop();
  }
  join();
  close(stop_);
}

bool InOrder::has_room(std::size_t size) const {
  return items_.empty() || (items_.size() < kMostTexts && bytes_ + size <= kMostBytes);
}

// Results may be far larger than texts. The oldest may always begin: all others wait for it.
bool InOrder::may_begin() const { return begun_ < items_.size() && (begun_ == 0 || bytes_ <= kMostBytes); }

bool InOrder::push(std::string text, std::size_t number) {
  Lock lock(mutex_);
  room_.wait(lock, [&] { return is_stopped_ || has_room(text.size()); });
  if (is_stopped_) return false;
  bytes_ += text.size();
  items_.push_back({.text = std::move(text), .number = number});
  more_.notify_one();
  return true;
}

void InOrder::run() {
  Lock lock(mutex_);
  for (;;) {
    more_.wait(lock, [&] { return is_stopped_ || may_begin() || (has_ended_ && begun_ == items_.size()); });
    if (is_stopped_ || begun_ == items_.size()) {
      more_.notify_all();  // the others may be waiting for room that nobody needs any more
      return;
    }
    try {
      work_on(items_[begun_++], lock);
    } catch (...) {
      if (!lock.owns_lock()) lock.lock();
      if (thrown_ == nullptr) thrown_ = std::current_exception();
      stop();
    }
  }
}

// Other items come and go meanwhile, and this one stays where it is.
void InOrder::work_on(Item& item, Lock& lock) {
  lock.unlock();
  std::string result = work_(item.text, item.number);
  lock.lock();
  change_bytes(result.size(), item.text.size());
  item.text = std::move(result);
  item.is_done = true;
  if (!is_writing_) write_ready(lock);
}

void InOrder::write_ready(Lock& lock) {
  is_writing_ = true;
  while (!is_stopped_ && !items_.empty() && items_.front().is_done) {
    std::string results;
    for (; !items_.empty() && items_.front().is_done; --begun_) {
      results += items_.front().text;
      items_.pop_front();
    }
    const bool is_all = begun_ == items_.size();
    lock.unlock();
    const bool goes_on = write_(results, is_all);
    lock.lock();
    change_bytes(0, results.size());
    if (!goes_on) stop();
    // Not for each: waking somebody costs more than a text.
    if (items_.size() <= kMostTexts / 2 && bytes_ <= kMostBytes / 2) room_.notify_one();
    if (items_.empty()) room_.notify_one();
  }
  is_writing_ = false;
}

void InOrder::change_bytes(std::size_t more, std::size_t less) {
  if (bytes_ > kMostBytes) more_.notify_all();  // somebody may not have begun for that
  bytes_ += more;
  bytes_ -= less;
}

void InOrder::stop() {
  is_stopped_ = true;
  more_.notify_all();
  room_.notify_all();
  const std::uint64_t one = 1;
  static_cast<void>(!::write(stop_, &one, sizeof(one)));
}

void InOrder::join() {
  {
    const std::lock_guard lock(mutex_);
    has_ended_ = true;
    more_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void InOrder::finish() {
  join();
  if (thrown_ != nullptr) std::rethrow_exception(thrown_);
}

}  // namespace tenon::tool
