// Host functions that take and give texts and bytes, as imports of a plugin that declares its
// functions.
#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "artifact/declaration.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"
#include "plugin/declared/declared.hpp"
#include "plugin/host_texts.hpp"
#include "runtime/instance/session.hpp"

namespace tenon::plugin::declared {
namespace {

using u32 = std::uint32_t;

class BlockFunction final : public HostTexts {
 public:
  BlockFunction(const PluginOptions::Values::Host& host, const detail::PluginHostFunction& function,
                const HostFunctionContext& context)
      : HostTexts(host, function, context), memory_name_(state_of(context).exports->memory) {}

 private:
  std::expected<void, Error> bind(const Instance& instance) override {
    const auto alloc = instance.function<u32(u32)>("tenon_alloc");
    if (!alloc) return std::unexpected(alloc.error());
    memory_ = *instance.memory(memory_name_);
    alloc_ = *alloc;
    return {};
  }

  std::expected<bool, Error> read(std::size_t index, detail::PluginType type, const Value*& slot,
                                  std::string& copy) const override {
    const Block block{.address = static_cast<u32>(slot[0].low_bits()),
                      .size = static_cast<u32>(slot[1].low_bits())};
    slot += 2;
    if (block.is_null() && detail::is_optional(type)) return false;
    if (block.is_null()) return std::unexpected(null(argument(index) + " is"));
    const auto memory = runtime::bytes_of(*memory_);
    const auto bytes = view(memory, block);
    if (!bytes) return std::unexpected(outside(argument(index) + " is", block, memory.size()));
    if (auto checked = check_size(index, bytes->size()); !checked) return std::unexpected(checked.error());
    copy.assign(*bytes);
    return true;
  }

  std::expected<std::uint64_t, Error> write(const detail::PluginArgument& argument) const override {
    if (argument.bytes.size() > UINT32_MAX) {
      return base::fail(Phase::call, ErrorCode::invalid_argument,
                        "the result of " + name() + " is too large for the plugin's memory");
    }
    const auto size = static_cast<u32>(argument.bytes.size());
    const auto address = (*alloc_)(std::max<u32>(size, 1));
    if (!address) return std::unexpected(address.error());
    const Block block{.address = *address, .size = size};
    if (block.is_null()) {
      return base::fail(
          Phase::call, ErrorCode::out_of_resources,
          "the plugin has no memory for the result of " + name() + ", " + std::to_string(size) + " bytes");
    }
    const auto memory = runtime::bytes_of(*memory_);
    if (!view(memory, block)) return std::unexpected(outside("tenon_alloc returned", block, memory.size()));
    runtime::note_write(*memory_, block.address, size);
    if (size > 0) std::memcpy(memory.data() + block.address, argument.bytes.data(), size);
    return std::uint64_t{block.address} << 32 | size;
  }

  std::string memory_name_;
  std::optional<Memory> memory_;
  std::optional<TypedFunction<u32(u32)>> alloc_;
};

// The host takes what the plugin declares to pass, and gives what it declares to take.
std::expected<void, Error> check_declared(const PluginOptions::Values::Host& host,
                                          const detail::PluginSignature& given,
                                          const artifact::Declaration& declaration) {
  const auto found = std::ranges::find_if(declaration.imports, [&](const auto& import) {
    return import.module == host.module && import.name == host.name;
  });
  if (found == declaration.imports.end()) return {};
  if (std::ranges::equal(found->parameters, given.parameters, may_pass) &&
      may_pass(given.result, found->result))
    return {};
  return base::fail(Phase::link, ErrorCode::incompatible_import,
                    "the plugin declares the import " + base::printable(host.module, 100) + '.' +
                        base::printable(host.name, 100) + artifact::to_text(found->signature()) +
                        ", and the host gives a function " + artifact::to_text(given));
}

}  // namespace

std::expected<HostFunction, Error> host_function(const PluginOptions::Values::Host& host,
                                                 const detail::PluginHostFunction& function,
                                                 const HostFunctionContext& context) {
  const auto& exports = state_of(context).exports;
  if (!exports) return std::unexpected(exports.error());
  const detail::PluginSignature given{.result = function.result, .parameters = function.parameters};
  if (auto checked = check_declared(host, given, exports->declaration); !checked)
    return std::unexpected(std::move(checked.error()));
  return HostTexts::make(artifact::declared_type(given),
                         std::make_shared<BlockFunction>(host, function, context));
}

}  // namespace tenon::plugin::declared
