// What the reader accepts and generated code cannot do yet. Operators that
// have no lowering are refused where they stand; this is for what would
// otherwise go through with another meaning.
#pragma once

#include <expected>

#include <tenon/error.hpp>

#include "wasm/module.hpp"

namespace tenon::compiler {

// ErrorCode::unsupported for a module whose code could not be trusted.
[[nodiscard]] std::expected<void, Error> check_supported(const wasm::Module& source);

}  // namespace tenon::compiler
