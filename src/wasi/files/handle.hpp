// A file of the host that is open, closed by whoever holds this.
#pragma once

#include <unistd.h>

#include <utility>

namespace tenon::wasi {

class Handle {
 public:
  Handle() = default;
  explicit Handle(int number) : number_(number) {}
  Handle(Handle&& other) noexcept : number_(std::exchange(other.number_, kNone)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (number_ != kNone) close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  static constexpr int kNone = -1;
  int number_ = kNone;
};

}  // namespace tenon::wasi
