#include "near_the_end.hpp"

#include <sys/time.h>

#include "runtime/call/thread_state.hpp"

namespace tenon::fuzz {
namespace {

void set_timer(suseconds_t interval) {
  const itimerval timer{{0, interval}, {0, interval}};
  setitimer(ITIMER_PROF, &timer, nullptr);
}

}  // namespace

Ticks::Ticks() {
  struct sigaction action{};
  action.sa_handler = [](int) {};
  action.sa_flags = SA_RESTART;
  sigaction(SIGPROF, &action, &before_);
  set_timer(1'000);
}

Ticks::~Ticks() {
  set_timer(0);
  sigaction(SIGPROF, &before_, nullptr);
}

ShortStack::ShortStack(std::size_t bytes) : high_(runtime::thread_state.stack_high) {
  runtime::thread_state.stack_high = runtime::thread_state.stack_low + bytes;
}

ShortStack::~ShortStack() { runtime::thread_state.stack_high = high_; }

}  // namespace tenon::fuzz
