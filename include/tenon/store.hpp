// Stores, which own instances and all that these are made of (WebAssembly 2.0,
// section 4.2): functions, memories, tables, globals and tags.
//
//   tenon::Store store;
//   tenon::Imports imports;
//   imports.function("env", "add_one", [](std::int32_t i) { return i + 1; });
//   auto instance = store.instantiate(*module, imports);
//   if (!instance) return fail(instance.error());
//   auto fib = instance->function<std::int32_t(std::int32_t)>("fib");
//   if (!fib) return fail(fib.error());
//   std::expected<std::int32_t, tenon::Error> result = (*fib)(20);
//
// A Store owns everything made in it and frees it all at once, when it is
// destroyed: there is no way to free one instance earlier, so give each instance
// that should go by itself a store of its own. The handles (Instance, Function,
// Memory, Table, Global, Tag) are small values, valid while their store lives;
// using one after that is undefined. Moving a Store keeps them valid.
//
// A store, with all its handles, is used by one thread at a time; it may move to
// another thread between calls. Different stores are independent, except for what
// the host makes them share: modules, host functions, and memories of a shared type
// (tenon/shared_memory.hpp).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <utility>

#include <tenon/api.hpp>
#include <tenon/detail/batch.hpp>
#include <tenon/detail/forward.hpp>
#include <tenon/error.hpp>
#include <tenon/function.hpp>
#include <tenon/global.hpp>
#include <tenon/host_function.hpp>
#include <tenon/imports.hpp>
#include <tenon/instance.hpp>
#include <tenon/interrupt.hpp>
#include <tenon/memory.hpp>
#include <tenon/module.hpp>
#include <tenon/snapshot.hpp>
#include <tenon/table.hpp>
#include <tenon/tag.hpp>
#include <tenon/types.hpp>
#include <tenon/value.hpp>

namespace tenon TENON_API {

// More fuel than any guest uses up: none is counted against a limit.
inline constexpr std::uint64_t kUnlimitedFuel = INT64_MAX;

// The limits of one store. They are read once, when the store is made.
struct StoreOptions {
  // The bytes that guests can make the store hold, all together: linear memories (their
  // size, touched or not), tables (32 bytes for each reference to a function, 8 for each
  // other), live exceptions, and what a plugin's log keeps. By default one 32-bit memory
  // may be as large as any, with 256 MiB for the rest.
  //
  // A memory or table that would grow beyond the limit gets -1, as the specification
  // allows. One that begins beyond it is an error at instantiate (out_of_resources); so is
  // an exception in a call. Two things do not count: a SharedMemory that the host made,
  // which has a limit of its own, and what an instance itself takes, which is in
  // proportion to its artifact. A 64-bit memory takes as much address space as it may
  // grow to: its declared maximum or this limit, 1 TiB at most.
  std::uint64_t memory_limit = (std::uint64_t{4} << 30) + (std::uint64_t{256} << 20);
  // The elements that any one table may have; 2^32 - 1 at most.
  std::uint64_t table_limit = 10'000'000;
  // The bytes of stack that a host function can count on when a guest calls it; at least
  // 32 KiB and at most 1 GiB, whatever is written here. A guest that has left less than this
  // traps (TrapCode::stack_exhaustion), and so does a call of a host function into a guest.
  std::size_t host_stack_reserve = 128 * 1024;
  // The bytes of stack that calls of this store may use, guests and host functions together;
  // at least host_stack_reserve and 64 KiB, whatever is written here. A guest beyond it traps
  // (TrapCode::stack_exhaustion). By default all that the thread has for guests, which is as
  // much as its own stack (docs/limits.md); never more. A call inside a call of another
  // store has what that one has left, at most.
  std::size_t stack_limit = SIZE_MAX;
  // The instances that the store may own, failed ones included. One beyond it is an error
  // (out_of_resources): a store frees nothing before it goes.
  std::size_t instance_limit = 10'000;
  // After a trap the instance's state is whatever the guest left behind, so the instance
  // refuses further calls (ErrorCode::poisoned). With false it stays usable, as the
  // specification has it.
  bool poison_after_trap = true;
  // How long each call of the host into the store may take, instantiating included; what is
  // called inside a call ends with it. Then guest code is stopped where it is
  // (tenon/interrupt.hpp), and the call fails with ErrorCode::timeout. Never earlier; up
  // to half of the timeout, or a few milliseconds, later. Zero: any time.
  std::chrono::nanoseconds timeout{0};
  // Whether interrupt_handle can be used. With a timeout it can anyway.
  bool interruptible = false;
  // How much guests may execute until the host sets it anew (Store::set_fuel): 1 for most
  // operators of WebAssembly (docs/limits.md). A guest that has used it up is stopped with
  // ErrorCode::out_of_fuel, on every machine at the same place. For this, artifacts have to
  // be compiled with --metering: with a limit here, the store takes no others.
  std::uint64_t fuel = kUnlimitedFuel;
};

class Store {
 public:
  explicit Store(StoreOptions options = {});
  // A store that was moved from can only be destroyed or assigned to.
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  // Precondition, as of assigning: no guest of it runs, on any thread. Where one does (a host
  // function destroys the store that called it), the store is never freed.
  ~Store();

  // Binds the imports, makes the instance, fills tables and memories from the active
  // segments, and runs the start function (section 4.5.4). `imports` is read and need not
  // outlive the call; the store keeps the host functions, and the module's code mapped.
  //
  // Errors, phase link: unknown_import, incompatible_import, and invalid_argument for
  // something of another store, or where the fuel is limited and the module was compiled
  // without --metering. Phase instantiate: out_of_resources, a limit or the system; trap, where
  // an active segment lies outside; and whatever stops the start function. What a failed
  // instance wrote into imported tables and memories stays, and what it took of the store's
  // memory stays taken until the store is destroyed. What a FunctionProvider throws comes out of
  // here.
  [[nodiscard]] std::expected<Instance, Error> instantiate(const Module& module, const Imports& imports = {});
  // The same in the state of a snapshot, without a start function, in microseconds. The imports
  // are bound anew, and those of its states that they name are put back. Errors as above, and
  // invalid_argument (phase instantiate) for a snapshot with references of another store.
  [[nodiscard]] std::expected<Instance, Error> instantiate(const Snapshot& snapshot,
                                                           const Imports& imports = {});

  // A host function as an object of this store, to be called, exported to several instances
  // or put into a table. No instance imports it as its own, so its Caller has no memory:
  // where the function needs one, give the HostFunction to Imports.
  [[nodiscard]] Function create_function(const HostFunction& function);
  // Zeroed. Errors, phase instantiate: out_of_resources, a limit or the system;
  // invalid_argument, a maximum below the minimum or a shared type without one. Each 32-bit
  // memory of the host's, and of modules without --bounds=explicit, reserves 8 GiB of address
  // space, and a process has room for about 16,000 of them (docs/limits.md).
  [[nodiscard]] std::expected<Memory, Error> create_memory(const MemoryType& type);
  // With `initial` in every element. Errors: out_of_resources (instantiate); invalid_argument,
  // where the elements would be no references or the maximum is below the minimum, and
  // signature_mismatch, where the initial value is not of the type (call).
  [[nodiscard]] std::expected<Table, Error> create_table(const TableType& type, const Value& initial);
  // Errors: signature_mismatch, where the initial value is not of the type (call).
  [[nodiscard]] std::expected<Global, Error> create_global(const GlobalType& type, const Value& initial);
  // A new tag, different from every other one, even from those of an equal type.
  // Precondition: the type has no results.
  [[nodiscard]] Tag create_tag(const TagType& type);
  // What is left of the fuel. Guests that were compiled with --metering take from it, all of
  // the store together; others take nothing. Exact in host functions and after every call,
  // whatever ended it; 0 after ErrorCode::out_of_fuel. By the store's thread only, as set_fuel.
  [[nodiscard]] std::uint64_t fuel() const;
  // Sets it, also during a call, from a host function. What is above kUnlimitedFuel counts as
  // that. Errors: invalid_argument, where the store has an instance that was compiled without
  // --metering, which no limit would hold.
  [[nodiscard]] std::expected<void, Error> set_fuel(std::uint64_t fuel);
  // For other threads, to end the call that runs. Errors: invalid_argument, where the store
  // has neither StoreOptions::interruptible nor a timeout.
  [[nodiscard]] std::expected<InterruptHandle, Error> interrupt_handle() const;
  // Runs work(), in which all calls of the host into the store share one deadline. When that
  // passes, the call that runs ends as by a timeout, and those that follow in work() fail
  // at once and do no harm: both with ErrorCode::timeout. Each call keeps the store's own
  // timeout, too; a deadline inside another is no later than that.
  //
  // Costs a call nothing but a look at a flag. Never early; late as a thread is that
  // wakes at a given time (some 0.1 ms, more on a busy machine), and as any timeout where
  // the call is not in guest code.
  //
  // Gives what work() gives, as a std::expected with tenon::Error if it is none. Errors of its own,
  // without running it: invalid_argument, where the store has neither
  // StoreOptions::interruptible nor a timeout, and inside a call of the store; timeout,
  // where the limit is not above zero. An exception passes through.
  template <typename Work>
  [[nodiscard]] detail::BatchResult<Work> with_deadline(std::chrono::nanoseconds limit, Work&& work) {
    return detail::run_batch(impl_.get(), limit, std::forward<Work>(work));
  }
  // The function that a reference is to, to call it from the host. Errors:
  // invalid_argument, where the reference is null or of another store (call).
  // Precondition: its store lives.
  [[nodiscard]] std::expected<Function, Error> function_from(FuncRef reference);

 private:
  friend struct runtime::Access;

  std::unique_ptr<runtime::StoreImpl> impl_;
};

}  // namespace tenon
