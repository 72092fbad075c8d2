// A linear memory that threads share (proposal threads): imported by instances
// of several stores, each store on a thread of its own.
//
//   auto memory = tenon::SharedMemory::create({.limits = {1, 16}, .is_shared = true});
//   if (!memory) return fail(memory.error());
//   auto work = [&] {                                 // on each thread
//     tenon::Store store;
//     tenon::Imports imports;
//     imports.define("env", "memory", *memory);
//     auto instance = store.instantiate(*module, imports);
//     if (auto run = instance->function<void()>("run")) std::ignore = (*run)();
//   };
//   std::jthread first(work), second(work);
//
// A memory that a module defines itself is had with Memory::shared. Only
// memories are shared: globals and tables are each instance's own.
//
// Guests may wait at an address (memory.atomic.wait32, wait64): that blocks the
// host's thread, inside the call, until another thread notifies or the guest's
// own timeout is over. Without a timeout a guest may wait for ever; the host can end that
// with notify or end_waits. A trap ends only the call that it happened in: the other
// threads go on, with the memory as it was left.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>

#include <tenon/api.hpp>
#include <tenon/detail/forward.hpp>
#include <tenon/error.hpp>
#include <tenon/types.hpp>

namespace tenon TENON_API {

// A handle: copies name the same memory, which lives until its last handle and
// the last store that imported it are gone. Thread-safe, every function.
class SharedMemory {
 public:
  // The type must be shared and have a maximum. The memory grows up to that maximum, and to
  // `byte_limit` bytes at most; it does not count for the stores that import it. (A shared
  // memory that a module defines counts for its first store, as long as it lives.)
  // Errors: invalid_argument, where the type is not such a one; out_of_resources, where the
  // minimum is above the limit or the system says no.
  [[nodiscard]] static std::expected<SharedMemory, Error> create(const MemoryType& type,
                                                                 std::uint64_t byte_limit = std::uint64_t{4}
                                                                                            << 30);

  [[nodiscard]] MemoryType type() const;     // minimum is the current size, in pages
  [[nodiscard]] std::uint64_t size() const;  // bytes; never shrinks, may grow at any moment
  // All of the memory. Its start never moves; its size is that of now, and what
  // was inside stays inside. Guests may be writing to it: reading it in any other
  // way than std::atomic_ref is a data race, unless the host knows that nobody does.
  [[nodiscard]] std::span<std::uint8_t> data() const;
  // `size` bytes at `address`, or ErrorCode::protocol (phase call) if not all inside. Valid
  // while a handle is there, as data() is.
  [[nodiscard]] std::expected<std::span<std::uint8_t>, Error> view(std::uint64_t address,
                                                                   std::uint64_t size) const;
  // Grows by pages of zeros; the old size in pages, or nullopt, and nothing changed, where a
  // limit or the system says no. Atomic: of two threads that grow each gets its own pages.
  std::optional<std::uint64_t> grow(std::uint64_t pages) const;
  // As memory.atomic.notify: wakes up to `count` of the guests that wait at `address`, those
  // first that have waited longest; how many they were. Errors: invalid_argument (phase
  // call), if none ever could: an address outside the memory, or no multiple of 4.
  std::expected<std::uint32_t, Error> notify(std::uint64_t address, std::uint32_t count = UINT32_MAX) const;

  // Ends all waiting in this memory, from any thread: calls in which a guest waits
  // now, or would begin to from now on, end with ErrorCode::interrupted. For
  // hosts that want their threads back; there is no way to undo it.
  void end_waits() const;

 private:
  friend class Memory;
  friend struct runtime::Access;
  explicit SharedMemory(std::shared_ptr<runtime::MemoryImpl> impl) : impl_(std::move(impl)) {}

  std::shared_ptr<runtime::MemoryImpl> impl_;
};

}  // namespace tenon
