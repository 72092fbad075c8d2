// The handler that a signal had before one of ours.
#pragma once

#include <signal.h>

namespace tenon::runtime {

// Calls it as the kernel would have: with its own mask. Precondition: it is a function.
// Signal-safe.
inline void call_earlier_handler(const struct sigaction& earlier, int signal, siginfo_t* info,
                                 void* context) {
  sigset_t blocked = earlier.sa_mask, before;
  if ((earlier.sa_flags & SA_NODEFER) == 0) sigaddset(&blocked, signal);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  if ((earlier.sa_flags & SA_SIGINFO) != 0) {
    earlier.sa_sigaction(signal, info, context);
  } else {
    earlier.sa_handler(signal);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace tenon::runtime
