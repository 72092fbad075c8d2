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

using detail::PluginType;

std::string_view name_of(PluginType type) {
  switch (type) {
    case PluginType::none: return "none";
    case PluginType::boolean: return "bool";
    case PluginType::i32: return "std::int32_t";
    case PluginType::u32: return "std::uint32_t";
    case PluginType::i64: return "std::int64_t";
    case PluginType::u64: return "std::uint64_t";
    case PluginType::f32: return "float";
    case PluginType::f64: return "double";
    case PluginType::text: return "text";
    case PluginType::optional_text: return "optional text";
    case PluginType::bytes: return "bytes";
    case PluginType::optional_bytes: return "optional bytes";
    case PluginType::text_or_none:
    case PluginType::status: break;
  }
  return "";
}

// "a function of 2 texts", as the calls of Plugin itself ask for, or "a function (text, bool) -> text".
std::string describe(const detail::PluginSignature& signature) {
  if (signature.result == PluginType::text_or_none || signature.result == PluginType::status) {
    const auto texts = signature.parameters.size();
    return "a function of " + std::to_string(texts) + " text" + (texts == 1 ? "" : "s");
  }
  std::string list;
  for (const PluginType type : signature.parameters) (list += list.empty() ? "" : ", ") += name_of(type);
  return "a function (" + list + ") -> " + std::string(name_of(signature.result));
}

}  // namespace

std::expected<Function, Error> exported_function(const Instance& instance, std::string_view name) {
  const auto item = instance.find_export(name);
  if (const auto* function = item ? std::get_if<Function>(&*item) : nullptr) return *function;
  return base::fail(Phase::call, ErrorCode::unknown_export,
                    "the plugin exports no function \"" + base::printable(name, 100) + "\"; it exports " +
                        list_exported_functions(instance.module()));
}

std::unexpected<Error> no_function_of_signature(std::string_view name, const FunctionType& type,
                                                const detail::PluginSignature& signature,
                                                std::string_view expected) {
  return base::fail(Phase::call, ErrorCode::signature_mismatch,
                    '"' + base::printable(name, 100) + "\" has type " + to_string(type) + ", but " +
                        describe(signature) + " is " + std::string(expected));
}

std::unexpected<Error> no_function_declared(std::string_view name, std::string_view declared,
                                            const detail::PluginSignature& signature) {
  return base::fail(Phase::call, ErrorCode::signature_mismatch,
                    "the plugin declares " + base::printable(name, 100) + std::string(declared) +
                        ", and the host asks for " + describe(signature));
}

}  // namespace tenon::plugin
