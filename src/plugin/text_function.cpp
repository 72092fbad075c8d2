#include "plugin/text_function.hpp"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/utf8.hpp"

namespace tenon::plugin {
namespace {

// "init, transform, malloc, … (12 in all)": enough to see a wrong name.
std::string list_exported_functions(const Module& module) {
  constexpr std::size_t kShown = 8;
  std::string list;
  std::size_t count = 0;
  for (const auto& item : module.exports()) {
    if (kind_of(item.type) != ExternKind::function) continue;
    if (++count > kShown) continue;
    if (count > 1) list += ", ";
    list += base::printable(item.name, 60);
  }
  if (count == 0) return "no function at all";
  if (count > kShown) list += ", … (" + std::to_string(count) + " in all)";
  return list;
}

bool takes_texts(const FunctionType& type, std::size_t texts) {
  const auto is_pointer = [](ValueType value) { return value == ValueType::i32; };
  return type.parameters.size() == texts && std::ranges::all_of(type.parameters, is_pointer) &&
         type.results.size() <= 1 && std::ranges::all_of(type.results, is_pointer);
}

std::string expected_types(std::size_t texts) {
  const std::vector<ValueType> parameters(texts, ValueType::i32);
  return to_string(FunctionType{parameters, {ValueType::i32}}) + " or " + to_string(FunctionType{parameters, {}});
}

}  // namespace

std::expected<TextFunction, Error> TextFunction::find(const Instance& instance, std::string_view name,
                                                      std::size_t texts) {
  const auto item = instance.find_export(name);
  const auto* function = item ? std::get_if<Function>(&*item) : nullptr;
  const std::string quoted = '"' + base::printable(name, 100) + '"';
  if (function == nullptr) {
    return base::fail(Phase::call, ErrorCode::unknown_export,
                      "the plugin exports no function " + quoted + "; it exports " +
                          list_exported_functions(instance.module()));
  }
  if (!takes_texts(function->type(), texts)) {
    return base::fail(Phase::call, ErrorCode::signature_mismatch,
                      quoted + " has type " + to_string(function->type()) + ", but a function of " +
                          std::to_string(texts) + " text" + (texts == 1 ? "" : "s") + " is " +
                          expected_types(texts));
  }
  auto callee = bind(*function);
  if (!callee) return std::unexpected(std::move(callee.error()));
  return TextFunction(name, std::move(*callee));
}

std::expected<TextFunction::Callee, Error> TextFunction::bind(const Function& function) {
  const auto typed = [&]<typename Signature>(std::type_identity<Signature>) -> std::expected<Callee, Error> {
    auto callee = function.typed<Signature>();
    if (!callee) return std::unexpected(std::move(callee.error()));
    return Callee(std::move(*callee));
  };
  const bool returns = !function.type().results.empty();
  switch (function.type().parameters.size()) {
    case 1:
      return returns ? typed(std::type_identity<u32(u32)>{}) : typed(std::type_identity<void(u32)>{});
    case 2:
      return returns ? typed(std::type_identity<u32(u32, u32)>{}) : typed(std::type_identity<void(u32, u32)>{});
    default:
      return Callee(function);
  }
}

namespace {

using Outcome = std::expected<std::optional<std::uint32_t>, Error>;

Outcome call(const TypedFunction<std::uint32_t(std::uint32_t)>& callee, std::span<const std::uint32_t> pointers) {
  return callee(pointers[0]);
}

Outcome call(const TypedFunction<std::uint32_t(std::uint32_t, std::uint32_t)>& callee,
             std::span<const std::uint32_t> pointers) {
  return callee(pointers[0], pointers[1]);
}

Outcome nothing_or_error(std::expected<void, Error> done) {
  if (!done) return std::unexpected(std::move(done.error()));
  return std::nullopt;
}

Outcome call(const TypedFunction<void(std::uint32_t)>& callee, std::span<const std::uint32_t> pointers) {
  return nothing_or_error(callee(pointers[0]));
}

Outcome call(const TypedFunction<void(std::uint32_t, std::uint32_t)>& callee,
             std::span<const std::uint32_t> pointers) {
  return nothing_or_error(callee(pointers[0], pointers[1]));
}

Outcome call(const Function& callee, std::span<const std::uint32_t> pointers) {
  std::array<Value, TextFunction::kMaxTexts> arguments;
  std::ranges::transform(pointers, arguments.begin(), [](std::uint32_t pointer) {
    return Value::from_i32(static_cast<std::int32_t>(pointer));
  });
  const auto results = callee.call(std::span(arguments).first(pointers.size()));
  if (!results) return std::unexpected(results.error());
  if (results->empty()) return std::nullopt;
  return static_cast<std::uint32_t>(results->front().i32());
}

}  // namespace

std::expected<std::optional<std::uint32_t>, Error> TextFunction::operator()(
    std::span<const std::uint32_t> pointers) const {
  return std::visit([&](const auto& callee) { return call(callee, pointers); }, callee_);
}

}  // namespace tenon::plugin
