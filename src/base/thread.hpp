// Threads of the library's own.
#pragma once

#include <exception>
#include <optional>
#include <thread>
#include <utility>

#include <pthread.h>
#include <signal.h>

namespace tenon::base {

// With all signals blocked, so that it gets none of the host's. Nullopt where the system has
// no thread to give. `work` must not throw.
template <typename Work>
[[nodiscard]] std::optional<std::thread> start_thread(Work work) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::optional<std::thread> thread;
  try {
    thread.emplace(std::move(work));
  } catch (const std::exception&) {
    thread.reset();
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace tenon::base
