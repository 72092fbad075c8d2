// What the structures of artifact/abi.hpp hold, and which of them a value leads to.
#pragma once

#include "artifact/abi.hpp"
#include "compiler/machine/code_state.hpp"

namespace tenon::compiler {

// What is read there; nothing is known of it unless it leads to one of our structures.
[[nodiscard]] Value contents_of(const artifact::InstanceLayout& layout,
                                const artifact::InstanceCounts& counts, const Value& address, unsigned bytes);

}  // namespace tenon::compiler
