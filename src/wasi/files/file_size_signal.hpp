// Making a file larger than the process may make one (RLIMIT_FSIZE) gives EFBIG, and a signal
// that ends the process.
#pragma once

#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <ctime>

namespace tenon::wasi {

// Safety: while one lives, what a guest writes raises no SIGXFSZ. Its thread's alone: the
// system sends that signal to the thread that writes.
class FileSizeSignal {
 public:
  FileSizeSignal() {
    rlimit limit{};
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
    is_held_back_ = pthread_sigmask(SIG_BLOCK, &signal(), &before_) == 0;
  }
  ~FileSizeSignal() {
    if (!is_held_back_) return;
    constexpr timespec kNow{.tv_sec = 0, .tv_nsec = 0};
    const int error = errno;  // of the call that was guarded
    sigtimedwait(&signal(), nullptr, &kNow);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = error;
  }
  FileSizeSignal(const FileSizeSignal&) = delete;
  FileSizeSignal& operator=(const FileSizeSignal&) = delete;

 private:
  static const sigset_t& signal() {
    static const sigset_t kSignal = [] {
      sigset_t set;
      sigemptyset(&set);
      sigaddset(&set, SIGXFSZ);
      return set;
    }();
    return kSignal;
  }
  sigset_t before_{};
  bool is_held_back_ = false;
};

}  // namespace tenon::wasi
