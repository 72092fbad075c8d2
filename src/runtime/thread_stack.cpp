#include "runtime/thread_stack.hpp"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.hpp"

namespace tenon::runtime {
namespace {

// The kernel lets no stack grow closer than this to another mapping
// (stack_guard_gap, 256 pages).
constexpr std::uintptr_t kKernelGap = std::uintptr_t{1} << 20;

// The main thread's stack under `ulimit -s unlimited` ends only where memory
// does; ours ends here, at a guard of our own.
constexpr std::uintptr_t kMaxMainStack = std::uintptr_t{256} << 20;
constexpr std::size_t kOwnGuard = 65536;

std::unexpected<Error> fail(const char* message) {
  return base::fail(Phase::call, ErrorCode::out_of_resources, message);
}

bool is_main_thread() { return syscall(SYS_gettid) == getpid(); }

std::expected<StackBounds, Error> cap_main_stack(StackBounds bounds) {
  bounds.low = (bounds.high - kMaxMainStack) & ~std::uintptr_t{0xFFFF};
  bounds.guard_low = bounds.low - kOwnGuard;
  void* const wanted = reinterpret_cast<void*>(bounds.guard_low);
  void* const guard = mmap(wanted, kOwnGuard, PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0);
  if (guard == MAP_FAILED) return fail("no guard could be placed below the main thread's unlimited stack");
  if (guard != wanted) {  // a kernel older than MAP_FIXED_NOREPLACE
    munmap(guard, kOwnGuard);
    return fail("no guard could be placed below the main thread's unlimited stack");
  }
  return bounds;
}

// The main thread's stack grows on demand, down to its limit or to within the
// kernel's gap of the next mapping below; the C library reports whichever
// comes first, without the gap.
std::expected<StackBounds, Error> main_stack(StackBounds bounds) {
  if (bounds.high - bounds.low > kMaxMainStack) return cap_main_stack(bounds);
  rlimit limit{};
  const bool limited =
      getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur <= bounds.high - bounds.low + 65536;
  bounds.guard_low = bounds.low - kKernelGap;
  if (!limited) bounds.low += kKernelGap;
  return bounds;
}

}  // namespace

std::expected<StackBounds, Error> stack_bounds_of_this_thread() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) {
    return fail("the system does not say where this thread's stack is (is /proc mounted?)");
  }
  void* start = nullptr;
  std::size_t size = 0, guard = 0;
  pthread_attr_getstack(&attributes, &start, &size);
  pthread_attr_getguardsize(&attributes, &guard);
  pthread_attr_destroy(&attributes);

  const auto low = reinterpret_cast<std::uintptr_t>(start);
  StackBounds bounds{.low = low, .high = low + size, .guard_low = low - guard};
  if (is_main_thread()) return main_stack(bounds);
  // Without a guard the guest's recursion would run on into other memory: the
  // sandbox hangs on this refusal.
  if (guard == 0) return fail("this thread's stack has no guard page; guests cannot run on it safely");
  return bounds;
}

}  // namespace tenon::runtime
