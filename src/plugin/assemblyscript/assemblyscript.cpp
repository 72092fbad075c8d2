#include "plugin/assemblyscript/assemblyscript.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "artifact/protocols.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"
#include "plugin/assemblyscript/collection.hpp"
#include "plugin/assemblyscript/exchange.hpp"
#include "plugin/exported_function.hpp"

namespace tenon::plugin::assemblyscript {
namespace {

using detail::PluginArgument;
using detail::PluginType;

// Done before the texts are passed in: a trap there would leak the converted texts.
void convert(std::span<const PluginArgument> arguments, std::vector<std::u16string>& wide) {
  wide.resize(arguments.size());
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (detail::is_text(arguments[i].type)) widen_unless_ascii(arguments[i].bytes, wide[i]);
  }
}

ValueType type_of(PluginType type) {
  switch (type) {
    case PluginType::i64:
    case PluginType::u64: return ValueType::i64;
    case PluginType::f32: return ValueType::f32;
    case PluginType::f64: return ValueType::f64;
    default: return ValueType::i32;
  }
}

// Without making a type: plugins are loaded often. The plugin's calls of texts may return
// nothing; and a status is none or an i32.
bool fits(const FunctionType& type, const detail::PluginSignature& signature) {
  const bool may_return_nothing = signature.result == PluginType::none ||
                                  signature.result == PluginType::text_or_none ||
                                  signature.result == PluginType::status;
  if (!std::ranges::equal(type.parameters, signature.parameters, {}, {}, type_of)) return false;
  if (type.results.empty()) return may_return_nothing;
  return signature.result != PluginType::none && type.results.size() == 1 &&
         type.results[0] == type_of(signature.result);
}

std::string expected_types(const detail::PluginSignature& signature, const FunctionType& expected) {
  const bool may_return_nothing =
      signature.result == PluginType::text_or_none || signature.result == PluginType::status;
  return to_string(expected) +
         (may_return_nothing ? " or " + to_string(FunctionType{expected.parameters, {}}) : "");
}

class AssemblyScript final : public Protocol {
 public:
  AssemblyScript(const Guest& guest, CollectPolicy policy)
      : guest_(guest), collection_(policy, guest.memory.size()) {}

  std::expected<Entry, Error> find(std::string_view name,
                                   const detail::PluginSignature& signature) const override {
    auto function = exported_function(guest_.instance, name);
    if (!function) return std::unexpected(std::move(function.error()));
    const FunctionType& type = function->type();
    if (!fits(type, signature))
      return no_function_of_signature(name, type, signature,
                                      expected_types(signature, function_type(signature)));
    return Entry{std::string(name), *function, !type.results.empty()};
  }

  std::expected<void, Error> call(const Entry& function, std::span<const PluginArgument> arguments,
                                  detail::PluginResult& result) override {
    if (guest_.strings) convert(arguments, wide_texts_);
    Exchange exchange(guest_, collection_, function, arguments, wide_texts_, result);
    const base::Failure stopped = exchange.run();
    if (const base::Failure failed = exchange.take_failure()) return std::unexpected(std::move(*failed));
    if (stopped != nullptr) return std::unexpected(std::move(*stopped));
    return {};
  }

  std::expected<void, Error> collect() override {
    if (!guest_.collect) return {};
    auto collected = guest_.collect->call({});
    if (!collected) return std::unexpected(std::move(collected.error()));
    collection_.ran(guest_.memory.size());
    return {};
  }

  std::uint64_t memory_size() const override { return guest_.memory.size(); }

 private:
  Guest guest_;
  Collection collection_;
  std::vector<std::u16string> wide_texts_;  // of the call; kept for its room
};

}  // namespace

FunctionType function_type(const detail::PluginSignature& signature) {
  FunctionType type;
  for (const PluginType parameter : signature.parameters) type.parameters.push_back(type_of(parameter));
  if (signature.result != PluginType::none) type.results.push_back(type_of(signature.result));
  return type;
}

bool has_strings(const AssemblyScriptOptions& options, bool exports_malloc) {
  return options.text_type == TextType::string ||
         (options.text_type == TextType::automatic && !exports_malloc);
}

std::expected<std::unique_ptr<Protocol>, Error> bind(const Instance& instance,
                                                     const PluginOptions::Values& options,
                                                     std::shared_ptr<ProtocolState> /*state*/) {
  const auto found = artifact::find_assemblyscript(instance.module().exports());
  if (!found) return std::unexpected(found.error());
  const auto function = [&](bool is_there, std::string_view name) -> std::optional<Function> {
    if (!is_there) return std::nullopt;
    return *instance.function(name);
  };
  const bool is_fresh = options.isolation == Isolation::fresh_each_call;
  const TextType type = options.assemblyscript.text_type;
  const Guest guest{.instance = instance,
                    .memory = *instance.memory(found->memory),
                    .strings = has_strings(options.assemblyscript, found->malloc),
                    .strings_are_guessed = type == TextType::automatic,
                    .result_limit = options.result_limit,
                    .malloc = function(found->malloc, "malloc"),
                    .new_ = function(found->new_, "__new"),
                    .pin = function(found->pin, "__pin"),
                    // What a call leaves behind is gone with the call.
                    .unpin = function(found->unpin && !is_fresh, "__unpin"),
                    .collect = function(found->collect && !is_fresh, "__collect")};
  return std::make_unique<AssemblyScript>(guest, options.assemblyscript.collect);
}

}  // namespace tenon::plugin::assemblyscript
