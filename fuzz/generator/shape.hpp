// What a module consists of, but for the bodies of its functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "random.hpp"
#include "types.hpp"

namespace tenon::fuzz {

struct Limits {
  std::uint32_t minimum = 0, maximum = 0;
  bool is_64 = false;
};
struct Table {
  Type element;
  Limits limits;
  // The function in each place as the module starts, where one is known.
  std::vector<std::optional<std::uint32_t>> contents;
};
struct Global {
  Type type;
  bool is_mutable = false;
};

enum class Kind : std::uint8_t { function, table, memory, global, tag };
struct Import {
  std::string module, name;
  Kind kind;
  std::uint32_t index;  // in the index space of its kind
};
struct Export {
  std::string name;
  Kind kind;
  std::uint32_t index;
};

// Every index space has what is imported first.
struct Shape {
  std::vector<FunctionType> types;
  std::uint32_t referable = 0;           // of the types, the first that have a function each
  std::vector<std::uint32_t> functions;  // each one's type
  std::vector<Table> tables;
  std::vector<Limits> memories;
  std::vector<Global> globals;
  std::vector<std::uint32_t> tags;  // each one's type
  std::vector<Import> imports;
  std::vector<Export> exports;
  std::uint32_t loggers = 0;             // the first imported functions are the host's
  std::uint32_t imported_functions = 0;  // loggers, then those of the other instance
  std::uint32_t imported_tables = 0, imported_memories = 0, imported_globals = 0, imported_tags = 0;
  std::uint32_t fuel = 0;             // the global that bounds how long a call runs
  std::uint32_t full_fuel = 0;        // what it starts each call with
  std::uint32_t call_cost = 0;        // of it, for an ordinary call: bounds the stack
  std::uint32_t most_statements = 0;  // of most bodies: many small modules find more than few large ones
  bool legacy_exceptions = false;
  bool hostile = false;  // its names are

  [[nodiscard]] const FunctionType& type_of(std::uint32_t function) const {
    return types[functions[function]];
  }
  // The number of a type, added where it is new.
  std::uint32_t number_of(const FunctionType& type);
};

// Of the two modules that are instantiated together the first imports nothing
// but loggers and exports much; the second imports that.
[[nodiscard]] Shape make_first(Random& random);
[[nodiscard]] Shape make_second(const Shape& first, Random& random);

// How exports of the first module are named in the second's imports.
inline constexpr const char* kFirstInstance = "first";
// An export that hashes all state that a call may change; the harness calls it
// after every other call.
inline constexpr const char* kDigest = "digest";
// A global that the harness sets back to its first value before every call.
inline constexpr const char* kFuel = "fuel";

}  // namespace tenon::fuzz
