#include "plugin/text_function.hpp"

#include <algorithm>
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
  return to_string(FunctionType{parameters, {ValueType::i32}}) + " or " +
         to_string(FunctionType{parameters, {}});
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
  return TextFunction(name, *function, !function->type().results.empty());
}

}  // namespace tenon::plugin
