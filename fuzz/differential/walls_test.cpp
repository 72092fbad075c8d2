// The checks around guests must see what they are there for.
#include <gtest/gtest.h>
#include <pthread.h>

#include <csignal>
#include <cstdint>

#include "canaries.hpp"
#include "checked_call.hpp"

namespace tenon::fuzz {
namespace {

TEST(CheckedCall, FindsNothingWhereNothingChanged) {
  int calls = 0;
  EXPECT_EQ(checked_call([&] { ++calls; }), std::nullopt);
  EXPECT_EQ(checked_call([&] { EXPECT_EQ(checked_call([&] { ++calls; }), std::nullopt); }), std::nullopt);
  EXPECT_EQ(calls, 2);
}

TEST(CheckedCall, SeesABlockedSignal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  EXPECT_EQ(checked_call([&] { pthread_sigmask(SIG_BLOCK, &set, nullptr); }), "signal mask changed");
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

#ifdef __x86_64__
TEST(CheckedCall, SeesARegisterThatIsNotRestored) {
  // Not told to the compiler: what a guest would do.
  EXPECT_EQ(checked_call([] { asm volatile("inc %%r13" :::); }), "r13 not restored");
}

TEST(CheckedCall, SeesAModeOfRounding) {
  const std::uint32_t towards_zero = 0x7F80, usual = 0x1F80;
  EXPECT_EQ(checked_call([&] { asm volatile("ldmxcsr %0" ::"m"(towards_zero)); }), "mxcsr changed");
  asm volatile("ldmxcsr %0" ::"m"(usual));
}

TEST(CheckedCall, SeesAValueLeftOnTheX87Stack) {
  EXPECT_EQ(checked_call([] { asm volatile("fldz" :::); }), "x87 stack not empty");
  asm volatile("fninit");
}
#endif

TEST(CanaryThreads, SeeAWriteBeyondTheGuardPage) {
  CanaryThreads threads;
  bool ran = false;
  threads.run([&] { ran = true; });
  EXPECT_TRUE(ran);
  EXPECT_EQ(threads.touched(), std::nullopt);

  // Below the small stack and its guard page, where the other thread's lies.
  constexpr std::ptrdiff_t kDistance = 16 * 1024;
  std::uint8_t* place = nullptr;
  threads.run([&] {
    pthread_attr_t attributes;
    void* lowest = nullptr;
    std::size_t size = 0;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &lowest, &size);
    pthread_attr_destroy(&attributes);
    place = static_cast<std::uint8_t*>(lowest) - kDistance;
    ++*place;
  });
  const auto found = threads.touched();
  --*place;
  ASSERT_TRUE(found);
  EXPECT_NE(found->find("overwritten"), std::string::npos) << *found;
  EXPECT_EQ(threads.touched(), std::nullopt);
}

}  // namespace
}  // namespace tenon::fuzz
