#include "plugin/assemblyscript.hpp"

#include <cxxabi.h>

#include <utility>

#include "base/error.hpp"
#include "base/utf8.hpp"

namespace tenon::plugin {
namespace {

// "memory", or the only one under whatever name.
std::expected<Memory, Error> find_memory(const Instance& instance) {
  if (auto memory = instance.memory("memory")) return memory;
  std::optional<Memory> only;
  for (const auto& item : instance.module().exports()) {
    if (kind_of(item.type) != ExternKind::memory) continue;
    auto memory = instance.memory(item.name);
    if (!memory || only)
      return base::fail(Phase::instantiate, ErrorCode::protocol,
                        "the plugin exports several memories and none as \"memory\"");
    only = *memory;
  }
  if (only) return *only;
  return base::fail(Phase::instantiate, ErrorCode::protocol,
                    "the plugin exports no memory, so no text can be passed to it (export it as \"memory\")");
}

// The export, nullopt where there is none of that name. Calls go past the types
// later, so this check is what makes them sound.
std::expected<std::optional<Function>, Error> find_function(const Instance& instance, std::string_view name,
                                                            const FunctionType& wanted) {
  const auto item = instance.find_export(name);
  if (!item) return std::nullopt;
  const auto* function = std::get_if<Function>(&*item);
  if (function != nullptr && function->type() == wanted) return *function;
  const std::string type = function != nullptr ? to_string(function->type()) : "no function's type";
  return base::fail(Phase::instantiate, ErrorCode::signature_mismatch,
                    "the plugin exports \"" + std::string(name) + "\" with " + type +
                        ", but AssemblyScript's is " + to_string(wanted));
}

bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char byte : text) all |= static_cast<unsigned char>(byte);
  return all < 0x80;
}

// Here and not where the texts are passed in, since a trap there would leak it.
void convert(std::span<const std::string_view> texts, std::vector<std::u16string>& wide) {
  wide.resize(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (is_ascii(texts[i])) {
      wide[i].clear();
    } else {
      wide[i] = base::utf8_to_utf16(texts[i]);
    }
  }
}

}  // namespace

std::expected<AssemblyScript, Error> AssemblyScript::bind(const Instance& instance, TextType text_type,
                                                          CollectPolicy policy) {
  const auto memory = find_memory(instance);
  if (!memory) return std::unexpected(memory.error());
  AssemblyScriptExports bound{.memory = *memory};
  std::expected<void, Error> found;
  const auto find = [&](std::optional<Function>& slot, std::string_view name, const FunctionType& type) {
    if (!found) return;
    auto function = find_function(instance, name, type);
    if (function)
      slot = *function;
    else
      found = std::unexpected(std::move(function.error()));
  };
  constexpr auto i32 = ValueType::i32;
  find(bound.malloc, "malloc", {{i32}, {i32}});
  find(bound.new_, "__new", {{i32, i32}, {i32}});
  find(bound.pin, "__pin", {{i32}, {i32}});
  find(bound.unpin, "__unpin", {{i32}, {}});
  find(bound.collect, "__collect", {});
  if (!found) return std::unexpected(std::move(found.error()));
  bound.strings = text_type == TextType::string || (text_type == TextType::automatic && !bound.malloc);
  return AssemblyScript(bound, policy);
}

std::expected<void, Error> AssemblyScript::call(const TextFunction& function,
                                                std::span<const std::string_view> texts,
                                                std::string* result) {
  if (texts.size() > TextFunction::kMaxTexts) {
    return base::fail(Phase::call, ErrorCode::invalid_argument,
                      "a function takes at most " + std::to_string(TextFunction::kMaxTexts) + " texts");
  }
  if (exports_.strings) convert(texts, wide_texts_);
  Exchange exchange(exports_, collection_, function, texts, wide_texts_, result);
  Failure stopped;
  try {
    stopped = exchange.run();
  } catch (abi::__forced_unwind&) {
    stopped_ = Error{.code = ErrorCode::poisoned, .message = "a host function ended the thread"};
    throw;
  }
  if (stopped != nullptr) stopped_ = *stopped;
  if (const Failure failed = exchange.take_failure()) return std::unexpected(std::move(*failed));
  if (stopped != nullptr) return std::unexpected(*stopped);
  return {};
}

std::expected<void, Error> AssemblyScript::collect() {
  if (!exports_.collect) return {};
  auto collected = exports_.collect->call({});
  if (!collected) {
    stopped_ = collected.error();
    return std::unexpected(std::move(collected.error()));
  }
  collection_.ran(exports_.memory.size());
  return {};
}

}  // namespace tenon::plugin
