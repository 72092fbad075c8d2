#include "artifact/declaration.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "base/utf8.hpp"

namespace tenon::artifact {
namespace {

using detail::PluginType;

constexpr std::pair<std::string_view, PluginType> kTypes[] = {
    {"bool", PluginType::boolean},
    {"i32", PluginType::i32},
    {"u32", PluginType::u32},
    {"i64", PluginType::i64},
    {"u64", PluginType::u64},
    {"f32", PluginType::f32},
    {"f64", PluginType::f64},
    {"text", PluginType::text},
    {"text?", PluginType::optional_text},
    {"bytes", PluginType::bytes},
    {"bytes?", PluginType::optional_bytes},
};

std::optional<PluginType> type_of(std::string_view name) {
  const auto* found = std::ranges::find(kTypes, name, &std::pair<std::string_view, PluginType>::first);
  return found == std::end(kTypes) ? std::nullopt : std::optional(found->second);
}

std::string_view name_of(PluginType type) {
  const auto* found = std::ranges::find(kTypes, type, &std::pair<std::string_view, PluginType>::second);
  return found == std::end(kTypes) ? std::string_view() : found->first;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// One line, from its front to its end.
class LineParser {
 public:
  explicit LineParser(std::string_view line) : rest_(trimmed(line)) {}

  bool word(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_ = trimmed(rest_.substr(expected.size()));
    return true;
  }
  // What stands before the next of these characters.
  std::string_view until(std::string_view ends) {
    const auto end = std::min(rest_.find_first_of(ends), rest_.size());
    const auto found = trimmed(rest_.substr(0, end));
    rest_ = trimmed(rest_.substr(end));
    return found;
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  // "(text, i32) -> text"; false where it is none.
  bool signature(DeclaredFunction& function) {
    if (!word("(")) return false;
    if (!word(")")) {
      do {
        const auto type = type_of(until(",)"));
        if (!type) return false;
        function.parameters.push_back(*type);
      } while (word(","));
      if (!word(")")) return false;
    }
    if (word("->")) {
      const auto type = type_of(until(""));
      if (!type) return false;
      function.result = *type;
    }
    return at_end() && function.parameters.size() <= detail::kMaxPluginParameters;
  }

 private:
  std::string_view rest_;
};

bool parse_export(LineParser& line, DeclaredFunction& function) {
  function.name = line.until("(");
  return !function.name.empty() && line.signature(function);
}

// The module's name ends at the first dot.
bool parse_import(LineParser& line, DeclaredFunction& function) {
  function.module = line.until(".(");
  if (!line.word(".")) return false;
  return !function.module.empty() && parse_export(line, function);
}

std::unexpected<Error> wrong_line(std::size_t number, std::string_view line) {
  return base::fail(Phase::instantiate, ErrorCode::malformed,
                    "line " + std::to_string(number) +
                        " of the section tenon.protocol is none of a declaration: \"" +
                        base::printable(line, 200) + "\" (as: export transform(text, text) -> text)");
}

}  // namespace

std::expected<Declaration, Error> parse_declaration(std::string_view text) {
  Declaration declaration;
  bool has_version = false;
  std::size_t number = 0;
  while (!text.empty()) {
    // A C string's end ends a line as well.
    const auto end = std::min(text.find_first_of(std::string_view("\n\0", 2)), text.size());
    const std::string_view whole = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    LineParser line(whole);
    if (line.at_end()) continue;
    DeclaredFunction function;
    if (line.word("tenon ")) {
      const auto version = line.until("");
      has_version = true;
      if (version == "1") continue;
      return base::fail(Phase::instantiate, ErrorCode::version_mismatch,
                        "the plugin speaks version " + base::printable(version, 20) +
                            " of Tenon's protocol; this library speaks version 1");
    }
    if (line.word("export ")) {
      if (!parse_export(line, function)) return wrong_line(number, whole);
      declaration.exports.push_back(std::move(function));
    } else if (line.word("import ")) {
      if (!parse_import(line, function)) return wrong_line(number, whole);
      declaration.imports.push_back(std::move(function));
    } else {
      return wrong_line(number, whole);
    }
  }
  if (has_version) return declaration;
  return base::fail(Phase::instantiate, ErrorCode::malformed,
                    "the section tenon.protocol has no line \"tenon 1\", the version of the protocol");
}

FunctionType declared_type(const detail::PluginSignature& signature) {
  FunctionType type;
  for (const PluginType parameter : signature.parameters) {
    switch (parameter) {
      case PluginType::i64:
      case PluginType::u64: type.parameters.push_back(ValueType::i64); break;
      case PluginType::f32: type.parameters.push_back(ValueType::f32); break;
      case PluginType::f64: type.parameters.push_back(ValueType::f64); break;
      default:
        type.parameters.push_back(ValueType::i32);
        if (detail::is_text(parameter) || detail::is_bytes(parameter))
          type.parameters.push_back(ValueType::i32);
    }
  }
  switch (signature.result) {
    case PluginType::none: break;
    case PluginType::boolean:
    case PluginType::i32:
    case PluginType::u32: type.results.push_back(ValueType::i32); break;
    case PluginType::f32: type.results.push_back(ValueType::f32); break;
    case PluginType::f64: type.results.push_back(ValueType::f64); break;
    default: type.results.push_back(ValueType::i64);
  }
  return type;
}

std::string to_text(const detail::PluginSignature& signature) {
  std::string text = "(";
  for (std::size_t i = 0; i < signature.parameters.size(); ++i) {
    if (i > 0) text += ", ";
    text += name_of(signature.parameters[i]);
  }
  text += ")";
  if (signature.result != PluginType::none) text += " -> " + std::string(name_of(signature.result));
  return text;
}

}  // namespace tenon::artifact
