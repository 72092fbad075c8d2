// A small stack for guests with something beside it that must stay as it is.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace tenon::fuzz {

// From low to high: the stack of a thread that sleeps, with its thread_locals on
// top, one page of guard, and the stack of the thread that does the work. Who
// steps over the guard page writes into the sleeping thread. Blocks on the heap
// hold patterns, too. No other thread may start or end while one of these lives:
// that changes what the C library keeps on the sleeper's stack.
class CanaryThreads {
 public:
  CanaryThreads();
  ~CanaryThreads();  // waits for both threads
  CanaryThreads(const CanaryThreads&) = delete;
  CanaryThreads& operator=(const CanaryThreads&) = delete;

  // Runs it on the small stack, to its end.
  void run(const std::function<void()>& work);
  // What is no longer as it was made, if anything. From any thread.
  [[nodiscard]] std::optional<std::string> touched() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tenon::fuzz
