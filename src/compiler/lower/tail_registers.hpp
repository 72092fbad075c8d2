// Which parameters travel in registers of the machine in a tail call.
#pragma once

#include <vector>

#include <tenon/types.hpp>

namespace tenon::compiler {

// In code for tail calls one result travels as a value, more through slots.
[[nodiscard]] inline bool returns_through_slots(const FunctionType& type) { return type.results.size() > 1; }

// For each parameter; the rest travels through memory (tail_arguments.hpp). The
// instance, and where results go that do not travel as values, come before all.
[[nodiscard]] std::vector<bool> tail_registers(const FunctionType& type);

}  // namespace tenon::compiler
