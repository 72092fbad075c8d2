// The words for the public enumerations, types and errors.
#include <algorithm>
#include <span>

#include <tenon/error.hpp>
#include <tenon/types.hpp>

#include "base/utf8.hpp"

namespace tenon {
namespace {

// One row of a table from an enumerator to its word.
template <typename Enum>
struct Word {
  Enum value;
  std::string_view text;
};

// A value outside the enumeration, from a cast of foreign bytes, is "unknown".
template <typename Enum, std::size_t kCount>
std::string_view look_up(const Word<Enum> (&words)[kCount], Enum value) {
  const auto* found = std::ranges::find(words, value, &Word<Enum>::value);
  return found == std::end(words) ? "unknown" : found->text;
}

constexpr Word<ValueType> kValueTypes[] = {
    {ValueType::i32, "i32"},
    {ValueType::i64, "i64"},
    {ValueType::f32, "f32"},
    {ValueType::f64, "f64"},
    {ValueType::v128, "v128"},
    {ValueType::funcref, "funcref"},
    {ValueType::externref, "externref"},
    {ValueType::exnref, "exnref"},
};

constexpr Word<ExternKind> kExternKinds[] = {
    {ExternKind::function, "function"}, {ExternKind::table, "table"}, {ExternKind::memory, "memory"},
    {ExternKind::global, "global"},     {ExternKind::tag, "tag"},
};

constexpr Word<Phase> kPhases[] = {
    {Phase::read, "read"}, {Phase::validate, "validate"}, {Phase::compile, "compile"},
    {Phase::load, "load"}, {Phase::link, "link"},         {Phase::instantiate, "instantiate"},
    {Phase::call, "call"},
};

constexpr Word<TrapCode> kTrapCodes[] = {
    {TrapCode::unreachable, "unreachable"},
    {TrapCode::integer_divide_by_zero, "integer divide by zero"},
    {TrapCode::integer_overflow, "integer overflow"},
    {TrapCode::invalid_conversion_to_integer, "invalid conversion to integer"},
    {TrapCode::out_of_bounds_memory_access, "out of bounds memory access"},
    {TrapCode::out_of_bounds_table_access, "out of bounds table access"},
    {TrapCode::undefined_element, "undefined element"},
    {TrapCode::uninitialized_element, "uninitialized element"},
    {TrapCode::indirect_call_type_mismatch, "indirect call type mismatch"},
    {TrapCode::stack_exhaustion, "call stack exhausted"},
    {TrapCode::unaligned_atomic, "unaligned atomic"},
    {TrapCode::null_exception_reference, "null exception reference"},
    {TrapCode::null_function_reference, "null function reference"},
    {TrapCode::null_reference, "null reference"},
    {TrapCode::expected_shared_memory, "expected shared memory"},
    {TrapCode::out_of_fuel, "out of fuel"},
};

constexpr Word<ErrorCode> kErrorCodes[] = {
    {ErrorCode::malformed, "malformed"},
    {ErrorCode::invalid, "invalid"},
    {ErrorCode::limit_exceeded, "limit exceeded"},
    {ErrorCode::unsupported, "unsupported"},
    {ErrorCode::io, "io"},
    {ErrorCode::not_an_artifact, "not an artifact"},
    {ErrorCode::corrupt_artifact, "corrupt artifact"},
    {ErrorCode::version_mismatch, "version mismatch"},
    {ErrorCode::cpu_mismatch, "cpu mismatch"},
    {ErrorCode::unknown_import, "unknown import"},
    {ErrorCode::incompatible_import, "incompatible import"},
    {ErrorCode::unknown_export, "unknown export"},
    {ErrorCode::signature_mismatch, "signature mismatch"},
    {ErrorCode::out_of_resources, "out of resources"},
    {ErrorCode::trap, "trap"},
    {ErrorCode::host_error, "host error"},
    {ErrorCode::guest_abort, "guest abort"},
    {ErrorCode::guest_error, "guest error"},
    {ErrorCode::exit, "exit"},
    {ErrorCode::poisoned, "poisoned"},
    {ErrorCode::protocol, "protocol"},
    {ErrorCode::invalid_argument, "invalid argument"},
    {ErrorCode::internal, "internal"},
    {ErrorCode::uncaught_exception, "uncaught exception"},
    {ErrorCode::interrupted, "interrupted"},
    {ErrorCode::timeout, "timeout"},
    {ErrorCode::out_of_fuel, "out of fuel"},
    {ErrorCode::untrusted, "untrusted"},
};

std::string named(ValueType type) { return std::string(look_up(kValueTypes, type)); }

// A type inside another one is shortened, since types can be chained without end.
constexpr std::size_t kMostInside = 8;

std::string inside(ValueType type) {
  if (!detail::has_number(type)) return to_string(type);
  return is_subtype(type, non_null(ValueType::funcref)) ? "(ref …)" : "(ref null …)";
}

template <typename TextOf>
std::string join(std::span<const ValueType> types, std::size_t most, TextOf text_of) {
  std::string text;
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (i > 0) text += ", ";
    if (i == most) return text += "…";
    text += text_of(types[i]);
  }
  return text;
}

template <typename TextOf>
std::string describe(const FunctionType& type, std::size_t most, TextOf text_of) {
  const std::string results = join(type.results, most, text_of);
  const std::string text = "(" + join(type.parameters, most, text_of) + ") -> ";
  return text + (type.results.size() == 1 ? results : "(" + results + ")");
}

std::string heap_type(ValueType type) {
  if (const FunctionType* function = referenced_type(type)) return describe(*function, kMostInside, inside);
  const std::string text = named(nullable(type));
  return text.ends_with("ref") ? text.substr(0, text.size() - 3) : text;
}

std::string describe(const Limits& limits) {
  std::string text = std::to_string(limits.minimum) + "..";
  if (limits.maximum) text += std::to_string(*limits.maximum);
  return text;
}

// One overload for each alternative of ExternType.
struct Describe {
  std::string operator()(const FunctionType& type) const { return to_string(type); }
  std::string operator()(const TableType& type) const {
    return address(type.is_64) + to_string(type.element) + " " + describe(type.limits);
  }
  std::string operator()(const MemoryType& type) const {
    return address(type.is_64) + describe(type.limits) + (type.is_shared ? " shared" : "");
  }
  std::string operator()(const GlobalType& type) const {
    std::string text = type.is_mutable ? "mut " : "";
    return text += to_string(type.value);
  }
  std::string operator()(const TagType& type) const { return to_string(type.type); }
  static std::string address(bool is_64) { return is_64 ? "i64 " : ""; }
};

// Messages may quote names, and what hosts and guests said. This is long enough for any of
// them, and printable() keeps them on one line.
constexpr std::size_t kLongestMessage = 4096;

}  // namespace

std::string to_string(ValueType type) {
  if (!is_reference(type) || type == general_type(type)) return named(type);
  return (has_default(type) ? "(ref null " : "(ref ") + heap_type(type) + ")";
}
std::string_view to_string(ExternKind kind) { return look_up(kExternKinds, kind); }
std::string_view to_string(Phase phase) { return look_up(kPhases, phase); }
std::string_view to_string(ErrorCode code) { return look_up(kErrorCodes, code); }
std::string_view to_string(TrapCode code) { return look_up(kTrapCodes, code); }

std::string to_string(const FunctionType& type) {
  return describe(type, ~std::size_t{0}, [](ValueType value) { return to_string(value); });
}

std::string to_string(const ExternType& type) {
  return std::string(to_string(kind_of(type))) + " " + std::visit(Describe{}, type);
}

std::string to_string(const Error& error) {
  return std::string(to_string(error.phase)) + ": " + base::printable(error.message, kLongestMessage);
}

std::string format_backtrace(const Error& error) {
  std::string text;
  const auto& frames = error.backtrace;
  for (std::size_t i = 0; i < frames.size();) {
    const Frame& frame = frames[i];
    text += "  at " + base::printable(frame.function_name);
    text += " (func " + std::to_string(frame.function_index) + ")\n";
    const std::size_t first = i;
    while (i < frames.size() && frames[i].function_index == frame.function_index) ++i;
    // A runaway recursion is told in two lines.
    if (i - first > 1) text += "     … and " + std::to_string(i - first - 1) + " more of it\n";
  }
  if (frames.size() == kMaxBacktrace)
    text += "  … and whoever called it: only the innermost " + std::to_string(kMaxBacktrace) + " are kept\n";
  return text;
}

}  // namespace tenon
