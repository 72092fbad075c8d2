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

bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char byte : text) all |= static_cast<unsigned char>(byte);
  return all < 0x80;
}

// Done before the texts are passed in: a trap there would leak the converted texts.
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

// Whether every parameter is a pointer, and the result a pointer or nothing.
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

class AssemblyScript final : public Protocol {
 public:
  AssemblyScript(const Guest& guest, CollectPolicy policy)
      : guest_(guest), collection_(policy, guest.memory.size()) {}

  std::expected<TextFunction, Error> find(std::string_view name, std::size_t texts) const override {
    auto function = exported_function(guest_.instance, name);
    if (!function) return std::unexpected(std::move(function.error()));
    const FunctionType& type = function->type();
    if (!takes_texts(type, texts)) {
      return no_function_of_texts(name, type, texts, expected_types(texts));
    }
    return TextFunction{std::string(name), *function, !type.results.empty()};
  }

  std::expected<void, Error> call(const TextFunction& function, std::span<const std::string_view> texts,
                                  std::string* result) override {
    if (guest_.strings) convert(texts, wide_texts_);
    Exchange exchange(guest_, collection_, function, texts, wide_texts_, result);
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

std::expected<std::unique_ptr<Protocol>, Error> bind(const Instance& instance,
                                                     const PluginOptions::Values& options) {
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
                    .strings = type == TextType::string || (type == TextType::automatic && !found->malloc),
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
