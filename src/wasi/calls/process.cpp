// Arguments, environment, random bytes and the end of a guest.
#include <string>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "wasi/calls/functions.hpp"
#include "wasi/guest/guest_memory.hpp"
#include "wasi/random.hpp"

namespace tenon::wasi {
namespace {

// The texts of argv or of environ, each to be followed by a zero byte.
using Texts = std::vector<std::string>;

Texts environment_texts(const State& state) {
  Texts texts;
  for (const auto& [name, value] : state.options.environment_variables) texts.push_back(name + "=" + value);
  return texts;
}

u64 total_size(const Texts& texts) {
  u64 size = 0;
  for (const auto& text : texts) size += text.size() + 1;
  return size;
}

Errno store_sizes(const Caller& caller, const Texts& texts, u32 count, u32 buffer_size) {
  const GuestMemory memory(caller);
  const bool stored = memory.store(count, static_cast<u32>(texts.size())) &&
                      memory.store(buffer_size, static_cast<u32>(total_size(texts)));
  return stored ? Errno::success : Errno::fault;
}

// An array of pointers at `pointers`, the texts themselves from `buffer` on.
Errno store_texts(const Caller& caller, const Texts& texts, u64 pointers, u64 buffer) {
  const GuestMemory memory(caller);
  for (const auto& text : texts) {
    if (!memory.store_bytes(buffer, text.c_str(), text.size() + 1)) return Errno::fault;
    if (!memory.store(pointers, static_cast<u32>(buffer))) return Errno::fault;
    pointers += sizeof(u32);
    buffer += text.size() + 1;
  }
  return Errno::success;
}

std::unexpected<Error> exit_with(u32 status, std::string message) {
  Error error{.phase = Phase::call, .code = ErrorCode::exit, .message = std::move(message)};
  error.exit_status = static_cast<std::int32_t>(status);
  return std::unexpected(std::move(error));
}

// What the signals of WASI do where nobody handles them.
enum class Action : std::uint8_t { nothing, terminate, stop };

constexpr u32 kSignals = 31;  // and `none`, which is 0

Action action_of(u32 signal) {
  switch (signal) {
    case 0:   // none
    case 13:  // pipe
    case 16:  // chld
    case 17:  // cont
    case 22:  // urg
    case 27:  // winch
      return Action::nothing;
    case 18:  // stop
    case 19:  // tstp
    case 20:  // ttin
    case 21:  // ttou
      return Action::stop;
    default: return Action::terminate;
  }
}

}  // namespace

Errno args_get(State& state, Caller& caller, u32 pointers, u32 buffer) {
  return store_texts(caller, state.options.arguments, pointers, buffer);
}

Errno args_sizes_get(State& state, Caller& caller, u32 count, u32 buffer_size) {
  return store_sizes(caller, state.options.arguments, count, buffer_size);
}

Errno environ_get(State& state, Caller& caller, u32 pointers, u32 buffer) {
  return store_texts(caller, environment_texts(state), pointers, buffer);
}

Errno environ_sizes_get(State& state, Caller& caller, u32 count, u32 buffer_size) {
  return store_sizes(caller, environment_texts(state), count, buffer_size);
}

Errno random_get(State& state, Caller& caller, u32 buffer, u32 size) {
  const GuestMemory memory(caller);
  if (!memory.bytes(buffer, size)) return Errno::fault;
  // Safety: nobody stops a host function, and 4 GiB take ten seconds.
  constexpr u32 kMaxRandom = 1 << 24;
  if (size > kMaxRandom) return Errno::invalid;
  const auto room = memory.room(buffer, size);
  if (!room) return Errno::fault;
  if (state.options.random) {
    state.options.random(*room);
    return Errno::success;
  }
  return fill_random(*room) ? Errno::success : Errno::io;
}

Errno sched_yield(State&, Caller&) {
  std::this_thread::yield();
  return Errno::success;
}

std::expected<void, Error> proc_exit(u32 status) {
  return exit_with(status,
                   "the guest exited with status " + std::to_string(static_cast<std::int32_t>(status)));
}

// A guest cannot handle signals. One that ends a program ends the call, with the status that a
// shell would give.
std::expected<u32, Error> proc_raise(u32 signal) {
  constexpr u32 kEndedBySignal = 128;
  if (signal >= kSignals) return std::to_underlying(Errno::invalid);
  switch (action_of(signal)) {
    case Action::nothing: return std::to_underlying(Errno::success);
    case Action::stop: return std::to_underlying(Errno::not_supported);
    case Action::terminate: break;
  }
  return exit_with(kEndedBySignal + signal, "the guest raised signal " + std::to_string(signal) + " of WASI");
}

}  // namespace tenon::wasi
