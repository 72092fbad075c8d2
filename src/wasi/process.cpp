// Arguments, environment and random bytes of WASI preview 1.
#include <string>
#include <vector>

#include "wasi/functions.hpp"
#include "wasi/guest_memory.hpp"
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

std::uint64_t total_size(const Texts& texts) {
  std::uint64_t size = 0;
  for (const auto& text : texts) size += text.size() + 1;
  return size;
}

Errno store_sizes(const Caller& caller, const Texts& texts, std::uint32_t count, std::uint32_t buffer_size) {
  const GuestMemory memory(caller);
  const bool stored = memory.store(count, static_cast<std::uint32_t>(texts.size())) &&
                      memory.store(buffer_size, static_cast<std::uint32_t>(total_size(texts)));
  return stored ? Errno::success : Errno::fault;
}

// An array of pointers at `pointers`, the texts themselves from `buffer` on.
Errno store_texts(const Caller& caller, const Texts& texts, std::uint64_t pointers, std::uint64_t buffer) {
  const GuestMemory memory(caller);
  for (const auto& text : texts) {
    const auto room = memory.room(buffer, text.size() + 1);
    if (!room) return Errno::fault;
    std::memcpy(room->data(), text.c_str(), text.size() + 1);
    if (!memory.store(pointers, static_cast<std::uint32_t>(buffer))) return Errno::fault;
    pointers += sizeof(std::uint32_t);
    buffer += text.size() + 1;
  }
  return Errno::success;
}

}  // namespace

Errno args_get(State& state, Caller& caller, std::uint32_t pointers, std::uint32_t buffer) {
  return store_texts(caller, state.options.arguments, pointers, buffer);
}

Errno args_sizes_get(State& state, Caller& caller, std::uint32_t count, std::uint32_t buffer_size) {
  return store_sizes(caller, state.options.arguments, count, buffer_size);
}

Errno environ_get(State& state, Caller& caller, std::uint32_t pointers, std::uint32_t buffer) {
  return store_texts(caller, environment_texts(state), pointers, buffer);
}

Errno environ_sizes_get(State& state, Caller& caller, std::uint32_t count, std::uint32_t buffer_size) {
  return store_sizes(caller, environment_texts(state), count, buffer_size);
}

Errno random_get(State& state, Caller& caller, std::uint32_t buffer, std::uint32_t size) {
  const GuestMemory memory(caller);
  if (!memory.bytes(buffer, size)) return Errno::fault;
  // Safety: nobody stops a host function, and 4 GiB take ten seconds.
  constexpr std::uint32_t kMaxRandom = 1 << 24;
  if (size > kMaxRandom) return Errno::invalid;
  const auto room = memory.room(buffer, size);
  if (!room) return Errno::fault;
  if (state.options.random) {
    state.options.random(*room);
    return Errno::success;
  }
  return fill_random(*room) ? Errno::success : Errno::io;
}

}  // namespace tenon::wasi
