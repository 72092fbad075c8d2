// The operators of a family as an enumeration of their own, with the values of Opcode:
//
//   switch (ControlOpcode(op.opcode())) { case ControlOpcode::nop: ... }
//
// A switch over it without `default` that leaves an operator out does not compile
// (-Werror=switch): whoever adds a row to opcodes.def is told what is missing. Families
// that are not here are lowered from the columns of the table alone, or by rules in a
// table of their own.
#pragma once

#include "wasm/operator.hpp"

namespace tenon::wasm {

enum class ControlOpcode : std::uint32_t {
#define TENON_CONTROL(name, text, code, ...) name = code,
#include "wasm/opcodes.def"
};

enum class ExceptionOpcode : std::uint32_t {
#define TENON_EXCEPTION(name, text, code, ...) name = code,
#include "wasm/opcodes.def"
};

enum class CallOpcode : std::uint32_t {
#define TENON_CALL(name, text, code, ...) name = code,
#include "wasm/opcodes.def"
};

enum class TailCallOpcode : std::uint32_t {
#define TENON_TAIL_CALL(name, text, code, ...) name = code,
#include "wasm/opcodes.def"
};

enum class VariableOpcode : std::uint32_t {
#define TENON_VARIABLE(name, text, code, ...) name = code,
#include "wasm/opcodes.def"
};

enum class TableOpcode : std::uint32_t {
#define TENON_TABLE(name, text, code, ...) name = code,
#include "wasm/opcodes.def"
};

enum class ReferenceOpcode : std::uint32_t {
#define TENON_REFERENCE(name, text, code, ...) name = code,
#include "wasm/opcodes.def"
};

enum class MemoryOpcode : std::uint32_t {
#define TENON_MEMORY(name, text, code, ...) name = code,
#include "wasm/opcodes.def"
};

enum class ConstantOpcode : std::uint32_t {
#define TENON_CONSTANT(name, text, code, ...) name = code,
#include "wasm/opcodes.def"
};

enum class ComparisonOpcode : std::uint32_t {
#define TENON_COMPARISON(name, text, code, ...) name = code,
#include "wasm/opcodes.def"
};

enum class IntegerOpcode : std::uint32_t {
#define TENON_INTEGER(name, text, code, ...) name = code,
#include "wasm/opcodes.def"
};

enum class DivisionOpcode : std::uint32_t {
#define TENON_DIVISION(name, text, code, ...) name = code,
#include "wasm/opcodes.def"
};

enum class FloatingPointOpcode : std::uint32_t {
#define TENON_FLOATING_POINT(name, text, code, ...) name = code,
#include "wasm/opcodes.def"
};

enum class ConversionOpcode : std::uint32_t {
#define TENON_CONVERSION(name, text, code, ...) name = code,
#include "wasm/opcodes.def"
};

enum class VectorMemoryOpcode : std::uint32_t {
#define TENON_VECTOR_MEMORY(name, text, code, ...) name = code,
#include "wasm/opcodes.def"
};

}  // namespace tenon::wasm
