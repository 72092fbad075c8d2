#include "runtime/call/guest_stack.hpp"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "base/error.hpp"
#include "runtime/call/thread_state.hpp"

namespace tenon::runtime {
namespace {

constexpr std::size_t kPage = 4096;
// Address space; what is not touched takes no memory.
constexpr std::size_t kSmallest = std::size_t{1} << 20;
constexpr std::size_t kLargest = std::size_t{256} << 20;  // where the thread's own has no end
constexpr std::size_t kUsual = std::size_t{8} << 20;      // where the system does not say
constexpr std::size_t kKept = std::size_t{64} << 10;

// A thread that was given a larger stack is expected to recurse deeper.
std::size_t size_of_own_stack() {
  if (syscall(SYS_gettid) == getpid()) {
    rlimit limit{};
    return getrlimit(RLIMIT_STACK, &limit) == 0 ? limit.rlim_cur : kUsual;
  }
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return kUsual;
  void* start = nullptr;
  std::size_t size = kUsual;
  pthread_attr_getstack(&attributes, &start, &size);
  pthread_attr_destroy(&attributes);
  return size;
}

class GuestStack {
 public:
  ~GuestStack() {
    thread_state.finished = true;
    thread_state.stack_high = 0;
    if (mapping_ == MAP_FAILED) return;
    // exit() called by a host function ends the main thread on this very stack.
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    if (here - reinterpret_cast<std::uintptr_t>(mapping_) >= size_) munmap(mapping_, size_);
  }

  std::expected<void, Error> make() {
    const std::size_t usable = std::clamp(size_of_own_stack(), kSmallest, kLargest) / kPage * kPage;
    size_ = kGuestStackGuard + kGuestStackHeadroom + usable;
    mapping_ =
        mmap(nullptr, size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (mapping_ == MAP_FAILED) return refused();
    auto* const low = static_cast<char*>(mapping_) + kGuestStackGuard + kGuestStackHeadroom;
    if (mprotect(low, usable, PROT_READ | PROT_WRITE) != 0) return refused();
    // A huge page at the top would be resident for every thread.
    madvise(low, usable, MADV_NOHUGEPAGE);
    thread_state.guard_low = reinterpret_cast<std::uintptr_t>(mapping_);
    thread_state.stack_low = reinterpret_cast<std::uintptr_t>(low);
    thread_state.stack_high = thread_state.stack_low + usable;
    return {};
  }

 private:
  std::unexpected<Error> refused() const {
    return base::fail(Phase::call, ErrorCode::out_of_resources,
                      "no address space for a guest stack of " + std::to_string(size_ >> 20) +
                          " MiB for this thread: " + std::strerror(errno));
  }
  void* mapping_ = MAP_FAILED;
  std::size_t size_ = 0;
};

thread_local GuestStack guest_stack_of_this_thread;

void protect_headroom(std::uintptr_t stack_low, int protection) noexcept {
  mprotect(reinterpret_cast<void*>(stack_low - kGuestStackHeadroom), kGuestStackHeadroom, protection);
}

}  // namespace

std::expected<void, Error> make_guest_stack_of_this_thread() { return guest_stack_of_this_thread.make(); }

void open_headroom(std::uintptr_t stack_low) noexcept { protect_headroom(stack_low, PROT_READ | PROT_WRITE); }
void close_headroom(std::uintptr_t stack_low) noexcept { protect_headroom(stack_low, PROT_NONE); }

void release_guest_stack_below(std::uintptr_t address) noexcept {
  const std::uintptr_t end = (address - kKept) / kPage * kPage;
  if (end <= thread_state.stack_low || end > thread_state.stack_high) return;
  madvise(reinterpret_cast<void*>(thread_state.stack_low), end - thread_state.stack_low, MADV_DONTNEED);
}

}  // namespace tenon::runtime
