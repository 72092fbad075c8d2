// What a plugin says of its functions, in the custom sections named tenon.protocol: lines of
// text, as docs/guide/protocols.md defines them.
//
//   tenon 1
//   export transform(text, text) -> text
//   import app.get_config(text) -> text?
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include <tenon/detail/plugin_value.hpp>
#include <tenon/error.hpp>
#include <tenon/types.hpp>

namespace tenon::artifact {

struct DeclaredFunction {
  std::string module;  // of an import; empty for an export
  std::string name;
  detail::PluginType result = detail::PluginType::none;
  std::vector<detail::PluginType> parameters;

  [[nodiscard]] detail::PluginSignature signature() const { return {result, parameters}; }
};

struct Declaration {
  std::vector<DeclaredFunction> exports;
  std::vector<DeclaredFunction> imports;
};

// Takes time in proportion to the text. Errors, phase instantiate: malformed, with the line;
// version_mismatch, another version than 1.
[[nodiscard]] std::expected<Declaration, Error> parse_declaration(std::string_view text);

// The WebAssembly type of a function with that signature: a text or bytes is a pointer and a
// length, and as a result both in one i64.
[[nodiscard]] FunctionType declared_type(const detail::PluginSignature& signature);

// "(text, i32) -> text?", as a declaration has it.
[[nodiscard]] std::string to_text(const detail::PluginSignature& signature);

}  // namespace tenon::artifact
