// A test script of the official suite, as wast2json prints it.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <tenon/types.hpp>

namespace tenon::spec {

// A value of a script: an argument, or what a result is to be. Lanes are the
// numbers as decimal text, or "nan:canonical" or "nan:arithmetic"; scalars
// have one lane. A reference is "null", a host's number, or has no lane at
// all: any but null.
struct ScriptValue {
  ValueType type = ValueType::i32;
  ValueType lane_type = ValueType::i32;  // of f32 and f64 lanes; else unused
  unsigned lane_bits = 32;
  std::vector<std::string> lanes;
};

struct Action {
  enum class Kind : std::uint8_t { invoke, get } kind = Kind::invoke;
  std::string module;  // empty: the current one
  std::string field;
  std::vector<ScriptValue> arguments;
};

enum class CommandKind : std::uint8_t {
  module,
  register_,
  action,
  assert_return,
  assert_trap,
  assert_exhaustion,
  assert_invalid,
  assert_malformed,
  assert_unlinkable,
  assert_uninstantiable,
  assert_exception,
};

struct Command {
  CommandKind kind = CommandKind::module;
  std::uint32_t line = 0;
  std::string name;      // module, register: "$M", or empty for the current one
  std::string as;        // register
  std::string filename;  // of the module's bytes, relative to the script
  std::string text;      // the error that is expected
  bool is_text = false;  // the module is in text format, which only wat2wasm reads
  Action action;
  std::vector<ScriptValue> expected;
  std::vector<ScriptValue> either;  // or: one result, and any of these is right (relaxed SIMD)
};

// Reads the JSON file. The error is a sentence for people.
[[nodiscard]] std::expected<std::vector<Command>, std::string> read_script(const std::filesystem::path& json);

[[nodiscard]] bool is_assertion(CommandKind kind);
[[nodiscard]] std::string_view to_string(CommandKind kind);
// "assert_return (invoke "f" 1 2)": enough to find the command at its line.
[[nodiscard]] std::string describe(const Command& command);
[[nodiscard]] std::string describe(const std::vector<ScriptValue>& values);

}  // namespace tenon::spec
