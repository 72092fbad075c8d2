// Calls that begin near the end of the guest's stack, while signals arrive.
#pragma once

#include <csignal>
#include <cstddef>
#include <cstdint>

namespace tenon::fuzz {

// A signal for each millisecond of processor time, whose handler asks for no stack
// of its own and so runs on whatever stack there is.
class Ticks {
 public:
  Ticks();
  ~Ticks();
  Ticks(const Ticks&) = delete;
  Ticks& operator=(const Ticks&) = delete;

 private:
  struct sigaction before_{};
};

// While it lives, the outermost calls of this thread begin so many bytes, a multiple
// of 16, above the end of its guest stack. Precondition: the thread has called a guest.
class ShortStack {
 public:
  explicit ShortStack(std::size_t bytes);
  ~ShortStack();
  ShortStack(const ShortStack&) = delete;
  ShortStack& operator=(const ShortStack&) = delete;

 private:
  std::uintptr_t high_;
};

}  // namespace tenon::fuzz
