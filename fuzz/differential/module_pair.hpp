// Random modules, each with the one that it imports from, and what their host functions do.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <tenon/store.hpp>

#include "compiler/compiler.hpp"
#include "support/wat.hpp"

namespace tenon::fuzz {

inline constexpr const char* kFirstInstance = "first";  // imports of it are the other's exports
inline constexpr const char* kFuel = "fuel";            // an exported global that bounds a call

struct Sources {
  base::Bytes first, second;
};

// A module and the one that it imports from, if any, in one way of compiling.
struct Pair {
  Pair(const Sources& sources, const compiler::CompileOptions& options) : second(sources.second, options) {
    if (!sources.first.empty()) first.emplace(sources.first, options);
  }
  std::optional<tests::Guest> first;
  tests::Guest second;
};

// Gets the values that a host function was given, as to_text has them.
using Log = std::function<void(const std::string& values)>;
// Functions that log what they are given and give zeros, each of the type that the import
// wants: a module may import one name twice, with two types.
[[nodiscard]] Imports logging_imports(const Module& module, Log log);

}  // namespace tenon::fuzz
