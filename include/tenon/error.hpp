// What can go wrong, in one type. Every fallible function of Tenon returns
// std::expected<T, tenon::Error>; none throws, prints, aborts or exits.
//
//   if (auto result = plugin->execute(key, payload); !result) {
//     std::cerr << tenon::to_string(result.error()) << '\n';   // "call: trap: …"
//   }
//
// Error is an ordinary value: copy it, store it, send it to another thread.
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

// Where in a plugin's life the error arose.
enum class Phase : std::uint8_t { read, validate, compile, load, link, instantiate, call };

// Why guest code stopped. The numbers are part of the artifact format: they
// are the immediate operand of the trapping instruction.
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
  stack_exhaustion = 10,
  unaligned_atomic = 11,
  null_exception_reference = 12,  // throw_ref of null
  null_function_reference = 13,   // call_ref of null
  null_reference = 14,            // ref.as_non_null of null
  expected_shared_memory = 15,    // waiting at an address of a memory that nobody else has
};

// Stable codes for programs to switch on; the message is for people.
enum class ErrorCode : std::uint8_t {
  malformed = 1,         // bytes that are not a module (phase read)
  invalid = 2,           // a module that breaks a validation rule (validate)
  limit_exceeded = 3,    // a limit of this implementation; the message names it
  unsupported = 4,       // a feature that this build does not have
  io = 5,                // a file could not be read or written
  not_an_artifact = 6,   // no Tenon note in the file
  corrupt_artifact = 7,  // truncated, or the note's checksum does not match
  version_mismatch = 8,  // artifact made for another format or ABI version
  cpu_mismatch = 9,      // artifact needs another architecture or CPU features
  unknown_import = 10,
  incompatible_import = 11,
  unknown_export = 12,
  signature_mismatch = 13,  // host asked for, or passed, other types
  out_of_resources = 14,    // the system or a limit of the store said no
  trap = 15,
  host_error = 16,   // a host function returned an error or threw
  guest_abort = 17,  // the guest called abort (AssemblyScript: threw; env.abort, or by the WASI shim)
  exit = 18,         // the guest called proc_exit; see exit_status
  poisoned = 19,     // the instance stopped in an earlier call
  protocol = 20,     // the plugin breaks the protocol (bad pointer, missing export)
  invalid_argument = 21,
  internal = 22,            // a bug in Tenon; please report it
  uncaught_exception = 23,  // an exception that the plugin threw was not caught
  interrupted = 24,         // the host ended the call (SharedMemory::end_waits)
};

// Frames that an Error keeps of its backtrace, at most.
inline constexpr std::size_t kMaxBacktrace = 64;

// One guest function on the stack when a trap was raised, innermost first.
struct Frame {
  std::uint32_t function_index = 0;  // in the module's function index space
  std::string function_name;         // from the name section, an export, or "func[N]"; at most 1000 bytes
  std::uint64_t code_offset = 0;     // bytes from the start of the native function
};

struct Error {
  Phase phase = Phase::call;
  ErrorCode code = ErrorCode::internal;
  std::string message;                         // one line, without the phase
  std::optional<std::uint64_t> byte_offset{};  // in the .wasm file, where known
  std::optional<TrapCode> trap{};              // set where code is ErrorCode::trap
  std::vector<Frame> backtrace{};              // innermost first, at most kMaxBacktrace
  std::optional<std::int32_t> exit_status{};   // set where code is ErrorCode::exit
};

namespace detail {
// The form that an error has inside Tenon: one pointer, null for none. It goes through
// many steps at no cost, and becomes a std::expected where it comes out.
using Failure = std::unique_ptr<Error>;
}  // namespace detail

[[nodiscard]] std::string_view to_string(Phase phase);
[[nodiscard]] std::string_view to_string(ErrorCode code);
// The official suite's words: "integer divide by zero", "undefined element"…
[[nodiscard]] std::string_view to_string(TrapCode code);
// "phase: message", one line; the backtrace is not part of it.
[[nodiscard]] std::string to_string(const Error& error);
// "  at fib (func 3)\n…", one line a frame, repeated ones counted; empty for none. A
// last line says where frames further out are not known.
[[nodiscard]] std::string format_backtrace(const Error& error);

}  // namespace tenon
