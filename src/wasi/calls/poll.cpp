// Waiting for clocks and descriptors.
//
// Only clocks are waited for. Files and directories are always ready, and so are the standard
// streams: they are functions of the host, which may wait when they are called.
#include <algorithm>
#include <optional>
#include <vector>

#include "wasi/calls/clocks.hpp"
#include "wasi/calls/flags.hpp"
#include "wasi/calls/functions.hpp"
#include "wasi/calls/waiting.hpp"
#include "wasi/guest/guest_memory.hpp"

namespace tenon::wasi {
namespace {

constexpr u32 kMaxSubscriptions = 1024;

Subscription same(const Subscription& given) { return given; }

Subscription same(const UnstableSubscription& given) {
  Subscription made{.user_data = given.user_data, .type = given.type, .clock = given.clock};
  const bool is_clock = static_cast<std::uint8_t>(given.type) == static_cast<std::uint8_t>(EventType::clock);
  if (!is_clock) made.descriptor = given.descriptor;
  return made;
}

EventType type_of(const Subscription& subscription) {
  return static_cast<EventType>(static_cast<std::uint8_t>(subscription.type));
}

template <typename T>
Result<std::vector<Subscription>> load_all(const GuestMemory& memory, u32 subscriptions, u32 count) {
  std::vector<Subscription> loaded;
  loaded.reserve(count);
  for (u32 i = 0; i < count; ++i) {
    // Safety: read once, since another thread may change it.
    const auto one = memory.load<T>(subscriptions + u64{i} * sizeof(T));
    if (!one) return std::unexpected(Errno::fault);
    loaded.push_back(same(*one));
    if (type_of(loaded.back()) > EventType::write) return std::unexpected(Errno::invalid);
  }
  return loaded;
}

// How long until the clock is there.
Result<u64> time_left(const State& state, const ClockSubscription& clock) {
  if (clock.clock != kRealtime && clock.clock != kMonotonic) return std::unexpected(Errno::not_supported);
  if ((clock.flags & ~clock_flags::kAbsolute) != 0) return std::unexpected(Errno::invalid);
  if ((clock.flags & clock_flags::kAbsolute) == 0) return clock.timeout;
  const auto time = now(state, clock.clock);
  if (!time) return std::unexpected(time.error());
  return clock.timeout > *time ? clock.timeout - *time : 0;
}

Result<u64> bytes_ready(State& state, const Subscription& subscription) {
  const bool reads = type_of(subscription) == EventType::read;
  const auto open = state.descriptors.find(subscription.descriptor, rights::kPoll);
  if (!open) return std::unexpected(open.error());
  const Descriptor& found = **open;
  if (!found.is_directory() && !found.has(reads ? rights::kRead : rights::kWrite))
    return std::unexpected(Errno::not_capable);
  if (!reads || found.kind != Descriptor::Kind::file) return 1;
  const auto stat = state.files->stat(*found.handle);
  const auto at = state.files->seek(*found.handle, 0, Whence::current);
  return stat && at && stat->size > *at ? stat->size - *at : 0;
}

Event event_of(const Subscription& subscription, Errno error, u64 bytes = 0) {
  return {.user_data = subscription.user_data,
          .error = static_cast<std::uint16_t>(error),
          .type = static_cast<std::uint16_t>(type_of(subscription)),
          .bytes = bytes};
}

// One subscription: the event that is there already, or how long until there is one.
struct Pending {
  Subscription subscription;
  std::optional<Event> event;
  u64 left = 0;  // nanoseconds
};

Pending look_at(State& state, const Subscription& subscription) {
  if (type_of(subscription) != EventType::clock) {
    const auto bytes = bytes_ready(state, subscription);
    const Errno error = bytes ? Errno::success : bytes.error();
    return {subscription, event_of(subscription, error, bytes.value_or(0))};
  }
  const auto left = time_left(state, subscription.clock);
  if (!left) return {subscription, event_of(subscription, left.error())};
  if (*left == 0) return {subscription, event_of(subscription, Errno::success)};
  return {subscription, std::nullopt, *left};
}

// Waits for the first clock where nothing has happened yet, and gives what has happened then.
std::expected<std::vector<Event>, Error> wait_for(State& state,
                                                  const std::vector<Subscription>& subscriptions) {
  std::vector<Pending> pending;
  for (const Subscription& subscription : subscriptions) pending.push_back(look_at(state, subscription));
  const bool has_any = std::ranges::any_of(pending, [](const Pending& one) { return one.event.has_value(); });
  u64 waited = 0;
  if (!has_any) {
    waited = std::ranges::min(pending, {}, &Pending::left).left;
    if (auto ok = wait(waited); !ok) return std::unexpected(std::move(ok.error()));
  }
  std::vector<Event> events;
  for (const Pending& one : pending) {
    if (one.event) {
      events.push_back(*one.event);
    } else if (one.left <= waited) {
      events.push_back(event_of(one.subscription, Errno::success));
    }
  }
  return events;
}

}  // namespace

template <Version kVersion>
std::expected<Errno, Error> poll_oneoff(State& state, Caller& caller, u32 subscriptions, u32 events,
                                        u32 count, u32 result) {
  using Layout = std::conditional_t<kVersion == Version::preview1, Subscription, UnstableSubscription>;
  if (count == 0 || count > kMaxSubscriptions) return Errno::invalid;
  const GuestMemory memory(caller);
  if (!memory.bytes(events, u64{count} * sizeof(Event)) || !memory.bytes(result, sizeof(u32)))
    return Errno::fault;
  const auto loaded = load_all<Layout>(memory, subscriptions, count);
  if (!loaded) return loaded.error();
  const auto happened = wait_for(state, *loaded);
  if (!happened) return std::unexpected(happened.error());
  const bool stored = memory.store_bytes(events, happened->data(), happened->size() * sizeof(Event)) &&
                      memory.store(result, static_cast<u32>(happened->size()));
  return stored ? Errno::success : Errno::fault;
}
template std::expected<Errno, Error> poll_oneoff<Version::preview1>(State&, Caller&, u32, u32, u32, u32);
template std::expected<Errno, Error> poll_oneoff<Version::unstable>(State&, Caller&, u32, u32, u32, u32);

}  // namespace tenon::wasi
