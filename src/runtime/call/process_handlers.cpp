// State of the whole process, as signal handlers are: what is passed on has to be kept where
// they find it.
#include "runtime/call/process_handlers.hpp"

#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace tenon::runtime {
namespace {

// How often a host may put a handler over ours, without putting ours back, until we leave it
// there.
constexpr std::size_t kFunctions = 64;

// A host's handler. Never freed: other threads may be calling it.
struct Found {
  struct sigaction action{};
  std::atomic<bool> is_spent{false};  // it was to be called once
};

struct SignalOfOurs {
  OurHandler ours;
  // Whom each of our functions passes on to; null: nobody.
  std::array<std::atomic<Found*>, kFunctions> found{};
  std::size_t in_front = 0;  // that one of our functions; under the lock
  bool is_installed = false;
};

std::mutex changing;
std::array<SignalOfOurs, NSIG> signals;  // a handler reads what was there before it was put in
std::atomic<bool> any_installed{false};
bool is_chosen = false;  // both under the lock
SignalHandling chosen = SignalHandling::own;

bool is_function(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) != 0 ||
         (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN);
}

// As the kernel would: with the handler's own mask.
void call(const struct sigaction& action, int signal, siginfo_t* info, ucontext_t& context) {
  sigset_t blocked = action.sa_mask, before;
  if ((action.sa_flags & SA_NODEFER) == 0) sigaddset(&blocked, signal);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  if ((action.sa_flags & SA_SIGINFO) != 0) {
    action.sa_sigaction(signal, info, &context);
  } else {
    action.sa_handler(signal);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void take_default_action(int signal, const siginfo_t& info) {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  sigaction(signal, &action, nullptr);
  // A fault repeats on return; a signal that was sent would not.
  if (info.si_code <= 0) raise(signal);
}

// The kernel writes uc_link anew for each signal, as null, and nobody reads it: here it
// says which of our functions has passed the signal on already, counted from one. So a
// host's handler that calls the very function of ours that called it comes to an end, and
// one that jumps out leaves nothing behind.
std::size_t not_yet_asked(std::size_t from, const ucontext_t& context) {
  const auto passed = reinterpret_cast<std::uintptr_t>(context.uc_link);
  const bool is_ours = passed > 0 && passed <= kFunctions;
  return is_ours ? std::min<std::size_t>(from + 1, passed - 1) : from + 1;
}

void pass_on(std::size_t from, int signal, siginfo_t* info, ucontext_t& context) {
  SignalOfOurs& one = signals[static_cast<std::size_t>(signal)];
  const std::size_t left = not_yet_asked(from, context);
  Found* const to = left > 0 ? one.found[left - 1].load(std::memory_order_acquire) : nullptr;
  const bool is_fault = info->si_code > 0;
  const bool once = to != nullptr && (to->action.sa_flags & static_cast<int>(SA_RESETHAND)) != 0;
  if (to != nullptr && is_function(to->action) && !(once && to->is_spent.exchange(true))) {
    ucontext_t* const before = std::exchange(context.uc_link, reinterpret_cast<ucontext_t*>(left));
    call(to->action, signal, info, context);
    context.uc_link = before;
    return;
  }
  const bool ignored = to != nullptr && !is_function(to->action) && to->action.sa_handler == SIG_IGN;
  if (!one.ours.is_lost && (is_fault || !ignored)) take_default_action(signal, *info);
}

[[gnu::noinline]] void handle_as(std::size_t which, int signal, siginfo_t* info, void* raw_context) {
  const int saved_errno = errno;
  auto& context = *static_cast<ucontext_t*>(raw_context);
  if (!signals[static_cast<std::size_t>(signal)].ours.take(signal, info, context))
    pass_on(which, signal, info, context);
  errno = saved_errno;
}

template <std::size_t kWhich>
void handle(int signal, siginfo_t* info, void* context) {
  handle_as(kWhich, signal, info, context);
}

using Function = void (*)(int, siginfo_t*, void*);
template <std::size_t... kWhich>
constexpr std::array<Function, sizeof...(kWhich)> functions(std::index_sequence<kWhich...>) {
  return {handle<kWhich>...};
}
constexpr std::array<Function, kFunctions> kOurs = functions(std::make_index_sequence<kFunctions>());

// Which of our functions it is.
std::optional<std::size_t> which(const struct sigaction& action) {
  if ((action.sa_flags & SA_SIGINFO) == 0) return std::nullopt;
  const auto at = std::ranges::find(kOurs, action.sa_sigaction);
  if (at == kOurs.end()) return std::nullopt;
  return static_cast<std::size_t>(at - kOurs.begin());
}

bool same_function(const struct sigaction& a, const struct sigaction& b) {
  return a.sa_sigaction == b.sa_sigaction && ((a.sa_flags ^ b.sa_flags) & SA_SIGINFO) == 0;
}

// Puts that one of our functions in front of the action.
bool put_in(int signal, SignalOfOurs& one, std::size_t which_of_ours, const struct sigaction& before) {
  static auto& all_found = *new std::deque<Found>;
  Found& found = all_found.emplace_back();
  found.action = before;
  // One that comes to the front again has its earlier place no more.
  for (std::size_t i = which_of_ours; i-- > 0;) {
    const Found* const earlier = one.found[i].load(std::memory_order_relaxed);
    if (earlier != nullptr && same_function(earlier->action, before))
      one.found[i].store(i > 0 ? one.found[i - 1].load(std::memory_order_relaxed) : nullptr);
  }
  one.found[which_of_ours].store(&found);
  struct sigaction action = {};
  action.sa_sigaction = kOurs[which_of_ours];
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | one.ours.flags;
  sigemptyset(&action.sa_mask);
  if (sigaction(signal, &action, nullptr) != 0) return false;
  one.in_front = which_of_ours;
  return true;
}

// Safety: whoever loaded this library, or one that has it inside, may close that, and the
// next signal would run code that is gone; so would our other thread (watchdog.hpp).
bool stay_in_process() {
  Dl_info info;
  link_map* map = nullptr;
  if (dladdr1(reinterpret_cast<const void*>(&put_in), &info, reinterpret_cast<void**>(&map),
              RTLD_DL_LINKMAP) == 0)
    return true;                            // the program is static
  if (map->l_name[0] == '\0') return true;  // it is the program's own
  return dlopen(map->l_name, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE) != nullptr;
}

std::string name_of(int signal) {
  const char* const name = sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

std::expected<void, Error> look_for_the_hosts(int signal, Phase phase) {
  struct sigaction now = {};
  if (sigaction(signal, nullptr, &now) == 0 && is_function(now)) return {};
  return base::fail(phase, ErrorCode::invalid_argument,
                    "SignalHandling::host was chosen, and " + name_of(signal) +
                        " has no handler: install one that calls tenon::handle_signal");
}

// Whether anything had changed.
bool renew(int signal) {
  SignalOfOurs& one = signals[static_cast<std::size_t>(signal)];
  struct sigaction now = {};
  if (!one.is_installed || sigaction(signal, nullptr, &now) != 0) return false;
  const std::size_t before = one.in_front;
  if (const auto ours = which(now)) {
    one.in_front = *ours;  // the host has put it back
  } else if (before + 1 < kFunctions) {
    put_in(signal, one, before + 1, now);
  }
  return one.in_front != before;
}

}  // namespace

std::expected<void, Error> install_handler(int signal, const OurHandler& handler, Phase phase) {
  const std::lock_guard lock(changing);
  is_chosen = true;
  static const bool stays = stay_in_process();
  if (!stays)
    return base::fail(phase, ErrorCode::out_of_resources, "Tenon's code cannot be kept in the process");
  if (chosen == SignalHandling::host) return look_for_the_hosts(signal, phase);
  SignalOfOurs& one = signals[static_cast<std::size_t>(signal)];
  one.ours = handler;
  struct sigaction before = {}, now = {};
  // A sanitizer may keep the signal to itself, and says nothing.
  if (sigaction(signal, nullptr, &before) != 0 || !put_in(signal, one, 0, before) ||
      sigaction(signal, nullptr, &now) != 0 || which(now) != 0) {
    return base::fail(phase, ErrorCode::out_of_resources,
                      "the handler of " + name_of(signal) + " cannot be installed");
  }
  one.is_installed = true;
  any_installed.store(true, std::memory_order_release);
  return {};
}

void renew_handlers(Renew which_ones) noexcept {
  if (!any_installed.load(std::memory_order_acquire)) return;
  const std::lock_guard lock(changing);
  if (!renew(SIGSEGV) && which_ones == Renew::where_faults_have_gone) return;
  for (int signal = 1; signal < NSIG; ++signal) static_cast<void>(renew(signal));
}

std::expected<void, Error> choose_signal_handling(SignalHandling handling) {
  const std::lock_guard lock(changing);
  if (is_chosen) {
    return base::fail(Phase::load, ErrorCode::invalid_argument,
                      "a guest was called, or a plugin loaded that may be interrupted, before: how signals "
                      "are handled stays");
  }
  chosen = handling;
  return {};
}

}  // namespace tenon::runtime
