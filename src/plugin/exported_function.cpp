#include "plugin/exported_function.hpp"

#include <string>
#include <variant>

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

}  // namespace

std::expected<Function, Error> exported_function(const Instance& instance, std::string_view name) {
  const auto item = instance.find_export(name);
  if (const auto* function = item ? std::get_if<Function>(&*item) : nullptr) return *function;
  return base::fail(Phase::call, ErrorCode::unknown_export,
                    "the plugin exports no function \"" + base::printable(name, 100) + "\"; it exports " +
                        list_exported_functions(instance.module()));
}

std::unexpected<Error> no_function_of_texts(std::string_view name, const FunctionType& type,
                                            std::size_t texts, std::string_view expected) {
  return base::fail(Phase::call, ErrorCode::signature_mismatch,
                    '"' + base::printable(name, 100) + "\" has type " + to_string(type) +
                        ", but a function of " + std::to_string(texts) + " text" + (texts == 1 ? "" : "s") +
                        " is " + std::string(expected));
}

}  // namespace tenon::plugin
