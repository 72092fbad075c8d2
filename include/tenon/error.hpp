// What can go wrong, in one type. Every fallible function of Tenon returns
// std::expected<T, tenon::Error>; none prints, aborts or exits, and what a guest does never
// becomes a C++ exception (traps: WebAssembly 2.0, section 1.2.1).
//
//   if (auto result = plugin->execute(key, payload); !result) {
//     std::cerr << tenon::to_string(result.error()) << '\n';   // "call: trap: …"
//     std::cerr << tenon::format_backtrace(result.error());     // "  at fib (func 3)\n…"
//   }
//
// Error is an ordinary value that refers to nothing else: copy it, keep it after the store
// and the plugin are gone, send it to another thread. Programs look at the code, and at the
// phase where one code can come from two places; the message is for people, and its words
// may change with any version. As with any C++ library, the host's own small allocations
// may throw std::bad_alloc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tenon/api.hpp>

namespace tenon TENON_API {

// Where in a plugin's life the error arose. The first three are the compiler's: a host
// that only loads artifacts never sees them.
enum class Phase : std::uint8_t {
  read,         // taking the bytes of a .wasm apart
  validate,     // checking the rules of the specification
  compile,      // making and writing the artifact
  load,         // reading an artifact and mapping its code (Module::load, read_artifact_info)
  link,         // looking up a module's imports (the first step of Store::instantiate)
  instantiate,  // making memories, tables and instances, and running the start function
  call,         // a call of a guest's function, and every other use of a live object
};

// Why guest code stopped: the specification's traps, by the words of its test suite. The
// numbers are part of the artifact format: they are the immediate operand of the
// instruction that traps.
enum class TrapCode : std::uint8_t {
  unreachable = 1,
  integer_divide_by_zero = 2,
  integer_overflow = 3,
  invalid_conversion_to_integer = 4,
  out_of_bounds_memory_access = 5,
  out_of_bounds_table_access = 6,
  undefined_element = 7,      // indirect call beyond the table's end
  uninitialized_element = 8,  // indirect call of a null reference
  indirect_call_type_mismatch = 9,
  stack_exhaustion = 10,          // recursion too deep; the stack's size is the thread's (docs/limits.md)
  unaligned_atomic = 11,          // an atomic access whose address is no multiple of its size
  null_exception_reference = 12,  // throw_ref of null
  null_function_reference = 13,   // call_ref of null
  null_reference = 14,            // ref.as_non_null of null
  expected_shared_memory = 15,    // memory.atomic.wait in a memory that is not shared
  out_of_fuel = 16,               // none of the specification's; reported as ErrorCode::out_of_fuel
};

// Stable codes for programs to switch on. A later version may add more, so have a default.
//
// After an error that ended running guest code (trap, host_error, guest_abort, exit,
// uncaught_exception, interrupted, timeout, out_of_fuel and whatever error a host function returned) the instance
// that the host called is poisoned and refuses further calls, unless
// StoreOptions::poison_after_trap says otherwise. Errors found before the guest runs, or
// after it returned, leave it usable.
enum class ErrorCode : std::uint8_t {
  malformed = 1,             // bytes that are not a module (phase read)
  invalid = 2,               // a module that breaks a validation rule (validate)
  limit_exceeded = 3,        // a limit of this implementation; the message names it
  unsupported = 4,           // a feature that this build does not have
  io = 5,                    // a file could not be read or written
  not_an_artifact = 6,       // no Tenon note in the file
  corrupt_artifact = 7,      // truncated, or the note's checksum does not match
  version_mismatch = 8,      // artifact made for another format or ABI version
  cpu_mismatch = 9,          // artifact needs another architecture or CPU features
  unknown_import = 10,       // the host defines no such import (link; or call, for UnknownImports::trap)
  incompatible_import = 11,  // it defines one of another type (link)
  unknown_export = 12,       // the module has no export of that name and kind
  signature_mismatch = 13,   // host asked for, or passed, other types
  out_of_resources = 14,     // the system or a limit said no; the message names the limit and its option
  trap = 15,                 // guest code trapped; Error::trap says why
  host_error = 16,           // a host function threw; also for errors that hosts return of their own
  guest_abort = 17,          // the guest called abort (AssemblyScript: threw; env.abort, or by the WASI shim)
  exit = 18,                 // the guest called proc_exit; see exit_status
  poisoned = 19,             // the instance stopped in an earlier call
  protocol = 20,             // the plugin breaks the protocol (bad pointer, missing export)
  invalid_argument = 21,     // the host asked for something that cannot be
  internal = 22,             // a bug in Tenon; please report it
  uncaught_exception = 23,   // an exception that the plugin threw was not caught
  interrupted = 24,          // the host ended the call (InterruptHandle, SharedMemory::end_waits)
  timeout = 25,              // the call took longer than its timeout (PluginOptions::timeout)
  out_of_fuel = 26,          // the guest used up its fuel (StoreOptions::fuel)
  untrusted = 27,            // no trusted key signed the file (LoadOptions::trusted_keys)
  guest_error = 28,          // the plugin said that the call failed, and why; it stays usable
};

// Frames that an Error keeps of its backtrace, at most: the innermost ones.
inline constexpr std::size_t kMaxBacktrace = 64;

// One guest function that was on the stack when its call ended early. Host functions
// between guest functions are not listed, and a function that was inlined shows as its
// caller (compile with -O0 to see each).
struct Frame {
  std::uint32_t function_index = 0;  // in the module's function index space
  std::string function_name;         // from the name section, an export, or "func[N]"; at most 1000 bytes
  std::uint64_t code_offset = 0;     // bytes from the start of the native function
};

// A host function makes one to end the guest's call with it: phase and code as it likes,
// and a message for people (Phase::call and ErrorCode::host_error say it best). The runtime
// hands it to whoever called the guest, and adds the backtrace.
struct Error {
  Phase phase = Phase::call;
  ErrorCode code = ErrorCode::internal;
  // For people, without the phase. It may quote what a guest said: print it by way of
  // to_string, which escapes what could be a command to a terminal.
  std::string message;
  std::optional<std::uint64_t> byte_offset{};  // in the .wasm file, where known
  // Set where code is ErrorCode::trap; and out_of_resources, where a plugin trapped since it
  // was refused more memory or elements of a table.
  std::optional<TrapCode> trap{};
  std::vector<Frame> backtrace{};             // innermost first, at most kMaxBacktrace
  std::optional<std::int32_t> exit_status{};  // set where code is ErrorCode::exit
};

namespace detail {
// The form that an error has inside Tenon: one pointer, null for none. It passes through
// many steps at no cost, and becomes a std::expected where it comes out.
using Failure = std::unique_ptr<Error>;
}  // namespace detail

// All functions below are thread-safe. The views are of constants that live as long as the
// process; a value outside its enumeration gives "unknown".
[[nodiscard]] std::string_view to_string(Phase phase);     // "load"
[[nodiscard]] std::string_view to_string(ErrorCode code);  // "version mismatch"
// The official suite's words: "integer divide by zero", "undefined element"…
[[nodiscard]] std::string_view to_string(TrapCode code);
// "phase: message", one line whatever the message holds: control characters and ill-formed
// UTF-8 come out as \xNN, and a message of more than 4 KiB is cut. The backtrace is not part
// of it.
[[nodiscard]] std::string to_string(const Error& error);
// "  at fib (func 3)\n…", one line for each frame, repeated ones counted, names escaped as
// above; empty where there are no frames. A last line says so where the innermost
// kMaxBacktrace frames are not all.
[[nodiscard]] std::string format_backtrace(const Error& error);

}  // namespace tenon
