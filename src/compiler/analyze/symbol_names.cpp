#include "compiler/analyze/symbol_names.hpp"

#include <charconv>

namespace tenon::compiler {

namespace {

constexpr std::string_view kPrefix = "wasm.";
constexpr std::string_view kTailPrefix = "wasm.tail.";
constexpr std::size_t kMaxWritten = 512;

// '@' would start a symbol version; quotes and backslashes confuse assemblers,
// spaces and control characters whoever reads lists of symbols.
bool is_plain(unsigned char c) { return c > ' ' && c != 0x7F && c != '@' && c != '"' && c != '\\'; }

}  // namespace

SymbolNames::SymbolNames(const wasm::Module& source) : written_(source.functions.size()) {
  for (const auto& [function, name] : source.function_names) written_[function] = name;
  for (const wasm::Export& item : source.exports) {
    if (item.kind == ExternKind::function && written_[item.index].empty()) written_[item.index] = item.name;
  }
}

std::string SymbolNames::of(CodeSymbol symbol) const {
  std::string name(symbol.is_tail_code ? kTailPrefix : kPrefix);
  name += std::to_string(symbol.function);
  const std::string_view written = written_[symbol.function].substr(0, kMaxWritten);
  if (!written.empty()) name += '.';
  for (const char c : written) name += is_plain(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

std::optional<CodeSymbol> SymbolNames::find(std::string_view name) const {
  CodeSymbol symbol{.function = 0, .is_tail_code = name.starts_with(kTailPrefix)};
  if (!name.starts_with(kPrefix)) return std::nullopt;
  const std::string_view rest = name.substr((symbol.is_tail_code ? kTailPrefix : kPrefix).size());
  const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), symbol.function);
  if (parsed.ec != std::errc() || symbol.function >= written_.size()) return std::nullopt;
  if (of(symbol) != name) return std::nullopt;
  return symbol;
}

}  // namespace tenon::compiler
