// Runs work in a child process. LLVM ends its process where it cannot go on, and has
// faults of its own. In a child that is an error like any other, and leaves nothing
// behind, since all that the child makes is in memory.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include <tenon/error.hpp>

#include "base/bytes.hpp"
#include "child_limits.hpp"

namespace tenon::tools {

// What the child makes of its input.
struct Made {
  nlohmann::json report;
  base::Bytes bytes;
};

struct ChildWork {
  std::string name;         // of the input, in messages
  std::size_t input_bytes;  // likewise
  std::string who;          // "the code generator": what crashes
  std::string advice;       // what to do then
  Phase phase;              // of errors
  // Called in the child; `messages` is the descriptor of what was standard error. An error's
  // message begins with the name.
  std::function<std::expected<Made, Error>(int messages)> run;
};

// What the work gives, or what ended the child: limit_exceeded for a limit, internal for a
// fault. To be called before any thread is started. Where a signal from outside (such as
// Ctrl-C) ends the child, it ends this process too.
[[nodiscard]] std::expected<Made, Error> run_in_child(const ChildWork& work, const ChildLimits& limits);

}  // namespace tenon::tools
