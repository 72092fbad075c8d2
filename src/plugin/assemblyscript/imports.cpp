// The host functions that AssemblyScript programs import from "env": abort, trace and
// seed.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "base/error.hpp"
#include "base/utf8.hpp"
#include "plugin/assemblyscript/assemblyscript.hpp"
#include "plugin/assemblyscript/guest_object.hpp"
#include "runtime/instance/access.hpp"
#include "runtime/instance/instance.hpp"
#include "wasi/random.hpp"

namespace tenon::plugin::assemblyscript {
namespace {

using u32 = std::uint32_t;

// The most bytes of a String that a message quotes. The guest may pass anything: what is
// not a String is named, and its contents are not followed.
constexpr u32 kMaxMessage = 4096;

// Empty where the caller has no memory that host functions can see.
std::span<std::uint8_t> caller_memory(const Caller& caller) {
  const auto* instance = runtime::Access::of(caller.instance());
  const auto* memory = instance != nullptr ? instance->main_memory() : nullptr;
  if (memory == nullptr) return {};
  return {memory->record.base, memory->size()};
}

std::string message_at(const Caller& caller, u32 pointer) {
  if (pointer == 0) return "(null)";
  GuestObject object;
  const ObjectFault fault = find_object(caller_memory(caller), pointer, object);
  if (fault != ObjectFault::none || object.class_id != kStringClass)
    return "(bad pointer " + std::to_string(pointer) + ")";
  std::string text;
  const u32 shown = std::min(object.size, kMaxMessage);
  copy_text({kStringClass, shown, object.contents}, text);
  return shown < object.size ? text + "…" : text;
}

std::expected<void, Error> abort(Caller& caller, u32 message, u32 file, u32 line, u32 column) {
  std::string text = "abort: " + base::printable(message_at(caller, message), kMaxMessage);
  if (file != 0) {
    text += " at " + base::printable(message_at(caller, file), kMaxMessage) + ':' + std::to_string(line) +
            ':' + std::to_string(column);
  }
  return base::fail(Phase::call, ErrorCode::guest_abort, std::move(text));
}

void append_number(std::string& text, double number) {
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  text.append(buffer.data(), end);
}

void trace(LineLog& log, const Caller& caller, u32 message, std::int32_t count,
           std::span<const double> numbers) {
  std::string text = message_at(caller, message);
  const auto shown = static_cast<std::size_t>(std::clamp<std::int32_t>(count, 0, 5));
  for (std::size_t i = 0; i < shown; ++i) {
    text += i == 0 ? " " : ", ";
    append_number(text, numbers[i]);
  }
  text += '\n';
  log.write(LogStream::trace, text);
}

// AssemblyScript seeds Math.random with the bits of this number.
std::expected<double, Error> seed() {
  std::array<std::uint8_t, sizeof(std::uint64_t)> bytes{};
  if (!wasi::fill_random(bytes)) {
    return base::fail(Phase::call, ErrorCode::out_of_resources, "the system has no random bytes");
  }
  std::uint64_t bits = 0;
  std::memcpy(&bits, bytes.data(), sizeof bits);
  return static_cast<double>(bits >> 11);  // an integer that a double holds exactly
}

// Nullopt where the guest wants another type: a program in C may import an "abort" of its
// own, which the user has to define.
template <typename F>
std::optional<HostFunction> function_of(const FunctionType& wanted, F callable) {
  HostFunction function(std::move(callable));
  if (function.type() != wanted) return std::nullopt;
  return function;
}

// AssemblyScript's compiler turns console.log into such imports unless it is told
// otherwise.
bool is_console(const ImportType& import) {
  return import.module == "env" && import.name.starts_with("console.");
}

}  // namespace

std::shared_ptr<ProtocolState> add_imports(Imports& imports, const Module& /*module*/,
                                           const std::shared_ptr<LineLog>& log) {
  imports.provide("env",
                  [log](std::string_view name, const FunctionType& wanted) -> std::optional<HostFunction> {
                    if (name == "abort") return function_of(wanted, abort);
                    if (name == "seed") return function_of(wanted, seed);
                    if (name != "trace") return std::nullopt;
                    return function_of(wanted, [log](Caller& caller, u32 message, std::int32_t count,
                                                     double a0, double a1, double a2, double a3, double a4) {
                      trace(*log, caller, message, count, std::array{a0, a1, a2, a3, a4});
                    });
                  });
  return nullptr;
}

Error explain(Error error, const Module& module, std::string_view last_words) {
  // Without env.abort, by the WASI shim, a program that throws prints why and exits.
  constexpr std::int32_t kAborted = 255;
  if (error.exit_status == kAborted && last_words.starts_with("abort: ")) error.code = ErrorCode::guest_abort;
  if (error.code == ErrorCode::unknown_import && std::ranges::any_of(module.imports(), is_console)) {
    error.message +=
        "; AssemblyScript's console needs @assemblyscript/wasi-shim: npm install it, and compile the plugin "
        "with --config node_modules/@assemblyscript/wasi-shim/asconfig.json";
  }
  return error;
}

}  // namespace tenon::plugin::assemblyscript
