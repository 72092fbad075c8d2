// Waiting by poll_oneoff, and how it ends.
#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/wasi_guest.hpp"

namespace tenon::e2e {
namespace {

using namespace std::chrono_literals;
using tests::WasiGuest;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using Clock = std::chrono::steady_clock;

constexpr u32 kRealtime = 0, kMonotonic = 1, kProcessCpu = 2;
constexpr u32 kSubscriptions = 0x100, kEvents = 0x8000, kCount = 8;
constexpr u64 kForever = ~u64{0};

struct Event {
  u64 user_data;
  u16 error, type;
};

class Waiter {
 public:
  explicit Waiter(WasiOptions options = {}, StoreOptions store = {})
      : guest(std::move(options), nullptr, store) {}

  void clock(u64 user_data, u32 clock, u64 timeout, u16 flags = 0) {
    put(user_data, 0, {clock, 0, static_cast<u32>(timeout), static_cast<u32>(timeout >> 32), 0, 0, flags, 0});
  }
  void descriptor(u64 user_data, u32 type, u32 number) {
    put(user_data, type, {number, 0, 0, 0, 0, 0, 0, 0});
  }
  auto call() { return guest.call_raw("poll_oneoff", {kSubscriptions, kEvents, count_, kCount}); }
  std::vector<Event> events() {
    EXPECT_EQ(call().value().at(0).i32(), 0);
    std::vector<Event> events;
    for (u32 i = 0; i < guest.load<u32>(kCount); ++i) {
      const u32 at = kEvents + 32 * i;
      events.push_back({guest.load<u64>(at), guest.load<u16>(at + 8), guest.load<u16>(at + 10)});
    }
    count_ = 0;
    return events;
  }
  WasiGuest guest;

 private:
  void put(u64 user_data, u32 type, std::vector<u32> rest) {
    std::vector<u32> words = {static_cast<u32>(user_data), static_cast<u32>(user_data >> 32), type, 0};
    words.insert(words.end(), rest.begin(), rest.end());
    guest.store(kSubscriptions + 48 * count_++, words);
  }
  u32 count_ = 0;
};

std::vector<u64> names(const std::vector<Event>& events) {
  std::vector<u64> names;
  for (const Event& event : events) {
    EXPECT_EQ(event.error, 0);
    names.push_back(event.user_data);
  }
  return names;
}

TEST(WasiPoll, WaitsForTheFirstClock) {
  Waiter waiter;
  waiter.clock(1, kMonotonic, 50'000'000'000);
  waiter.clock(0x1234567890, kMonotonic, 3'000'000);
  waiter.clock(3, kRealtime, 60'000'000'000);
  const auto start = Clock::now();
  EXPECT_THAT(names(waiter.events()), testing::ElementsAre(0x1234567890));
  EXPECT_GE(Clock::now() - start, 3ms);
}

TEST(WasiPoll, AbsoluteTimesMayBeOver) {
  Waiter waiter;
  waiter.clock(1, kMonotonic, 1, 1);
  waiter.clock(2, kRealtime, 1, 1);
  waiter.clock(3, kRealtime, kForever, 1);
  EXPECT_THAT(names(waiter.events()), testing::ElementsAre(1, 2));
}

TEST(WasiPoll, AbsoluteTimesAreOfTheClockThatTheGuestSees) {
  WasiOptions options;
  options.monotonic_clock_ns = [] { return u64{1'000'000}; };
  Waiter waiter(std::move(options));
  waiter.clock(1, kMonotonic, 3'000'000, 1);
  const auto start = Clock::now();
  EXPECT_THAT(names(waiter.events()), testing::ElementsAre(1));
  EXPECT_GE(Clock::now() - start, 2ms);
}

TEST(WasiPoll, StreamsAndFilesAreReady) {
  const tests::TempDir dir;
  tests::write_text(dir / "file", "text");
  Waiter waiter(WasiOptions{}.preopen(dir.path(), "/"));
  u32 file = 0;
  ASSERT_EQ(waiter.guest.open(3, "file", {.rights = 1u << 1 | 1u << 27}, file), 0u);
  waiter.descriptor(1, 1, 0);
  waiter.descriptor(2, 2, 1);
  waiter.descriptor(3, 1, file);
  waiter.clock(4, kMonotonic, kForever);
  EXPECT_THAT(names(waiter.events()), testing::ElementsAre(1, 2, 3));
  EXPECT_EQ(waiter.guest.load<u64>(kEvents + 2 * 32 + 16), 4u);  // bytes to read
}

TEST(WasiPoll, ErrorsAreEvents) {
  Waiter waiter;
  waiter.descriptor(1, 1, 99);
  waiter.descriptor(2, 2, 0);
  waiter.clock(3, kProcessCpu, 0);
  waiter.clock(4, 17, 0);
  waiter.clock(5, kMonotonic, 0, 2);
  std::vector<u16> errors;
  for (const Event& event : waiter.events()) errors.push_back(event.error);
  EXPECT_THAT(errors, testing::ElementsAre(8, 76, 58, 58, 28));
}

TEST(WasiPoll, ATimeoutEndsTheWaiting) {
  Waiter waiter({}, {.timeout = 20ms});
  waiter.clock(1, kMonotonic, kForever);
  const auto done = waiter.call();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::timeout);
}

TEST(WasiPoll, AnInterruptEndsTheWaiting) {
  Waiter waiter({}, {.interruptible = true});
  waiter.clock(1, kMonotonic, kForever);
  const auto handle = waiter.guest.store().interrupt_handle().value();
  std::jthread other([handle] {
    while (!handle.interrupt()) std::this_thread::sleep_for(1ms);
  });
  const auto done = waiter.call();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::interrupted);
}

TEST(WasiPoll, TheUnstableVersionHasItsOwnLayout) {
  const tests::Guest module(tests::wasi_guest_text("wasi_unstable"), {.optimization_level = 0});
  WasiGuest guest(module.module(), {});
  // userdata, type, identifier, clock, timeout, precision, flags: 56 bytes
  guest.store(kSubscriptions, {7, 0, 0, 0, 99, 0, kMonotonic, 0, 2'000'000, 0, 0, 0, 0, 0});
  guest.store(kSubscriptions + 56, {8, 0, 2, 0, 77, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(guest.call("poll_oneoff", {kSubscriptions, kEvents, 2, kCount}), 0u);
  EXPECT_EQ(guest.load<u32>(kCount), 1u);
  EXPECT_EQ(guest.load<u64>(kEvents), 8u);
  EXPECT_EQ(guest.load<u16>(kEvents + 8), 8u);  // no such descriptor
  const auto start = Clock::now();
  EXPECT_EQ(guest.call("poll_oneoff", {kSubscriptions, kEvents, 1, kCount}), 0u);
  EXPECT_EQ(guest.load<u64>(kEvents), 7u);
  EXPECT_GE(Clock::now() - start, 2ms);
}

}  // namespace
}  // namespace tenon::e2e
