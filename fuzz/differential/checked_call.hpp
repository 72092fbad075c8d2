// Calls, and looks whether the callee kept to what every C++ function may count
// on: callee-saved registers, the stack pointer, the modes of floating point,
// the thread's signal mask.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace tenon::fuzz {

// What was not as before, if anything. On machines other than x86-64 only the
// signal mask is looked at.
[[nodiscard]] std::optional<std::string> checked_call(const std::function<void()>& work);

}  // namespace tenon::fuzz
