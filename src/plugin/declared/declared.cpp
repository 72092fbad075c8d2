#include "plugin/declared/declared.hpp"

#include <algorithm>
#include <utility>

#include "artifact/protocols.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"
#include "plugin/declared/exchange.hpp"
#include "plugin/exported_function.hpp"

namespace tenon::plugin::declared {
namespace {

using detail::PluginType;

bool may_return(PluginType wanted, PluginType declared) {
  switch (wanted) {
    case PluginType::text_or_none: return declared == PluginType::text || declared == PluginType::none;
    case PluginType::status: return declared == PluginType::none || declared == PluginType::boolean;
    case PluginType::optional_text:
    case PluginType::optional_bytes: return may_pass(declared, wanted);
    default: return wanted == declared;
  }
}

class Declared final : public Protocol {
 public:
  Declared(Guest guest, std::shared_ptr<State> state) : guest_(std::move(guest)), state_(std::move(state)) {}

  std::expected<Entry, Error> find(std::string_view name,
                                   const detail::PluginSignature& signature) const override {
    auto function = exported_function(guest_.instance, name);
    if (!function) return std::unexpected(std::move(function.error()));
    const auto& functions = state_->exports->declaration.exports;
    const auto found = std::ranges::find(functions, name, &artifact::DeclaredFunction::name);
    if (found == functions.end()) {
      return base::fail(Phase::call, ErrorCode::signature_mismatch,
                        "the plugin exports " + base::printable(name, 100) +
                            " but does not declare it in its section tenon.protocol");
    }
    if (!std::ranges::equal(signature.parameters, found->parameters, may_pass) ||
        !may_return(signature.result, found->result))
      return no_function_declared(name, artifact::to_text(found->signature()), signature);
    return Entry{std::string(name), *function, found->result != PluginType::none};
  }

  std::expected<void, Error> call(const Entry& function, std::span<const detail::PluginArgument> arguments,
                                  detail::PluginResult& result) override {
    Exchange exchange(guest_, function, arguments, result, state_->said_error);
    const base::Failure stopped = exchange.run();
    // A plugin whose language panics says why, and stops then.
    if (stopped != nullptr) {
      if (const auto said = std::exchange(state_->said_error, std::nullopt)) {
        stopped->message = *said + " (" + stopped->message + ")";
        if (stopped->code == ErrorCode::trap) stopped->code = ErrorCode::guest_abort;
      }
      return std::unexpected(std::move(*stopped));
    }
    if (const base::Failure failed = exchange.take_failure()) return std::unexpected(std::move(*failed));
    return {};
  }

  std::expected<void, Error> collect() override { return {}; }
  std::uint64_t memory_size() const override { return guest_.memory.size(); }

 private:
  Guest guest_;
  std::shared_ptr<State> state_;
};

}  // namespace

Error outside(std::string_view what, Block block, std::uint64_t memory_size) {
  return {.phase = Phase::call,
          .code = ErrorCode::protocol,
          .message = std::string(what) + " " + std::to_string(block.size) + " bytes at " +
                     std::to_string(block.address) + ", outside a memory of " + std::to_string(memory_size) +
                     " bytes"};
}

Error null(std::string_view what) {
  return {.phase = Phase::call, .code = ErrorCode::protocol, .message = std::string(what) + " null"};
}

std::expected<std::unique_ptr<Protocol>, Error> bind(const Instance& instance,
                                                     const PluginOptions::Values& options,
                                                     std::shared_ptr<ProtocolState> state) {
  auto own = std::static_pointer_cast<State>(std::move(state));
  if (!own->exports) return std::unexpected(own->exports.error());
  Guest guest{.instance = instance,
              .memory = *instance.memory(own->exports->memory),
              .alloc = *instance.function("tenon_alloc"),
              .result_limit = options.result_limit};
  return std::make_unique<Declared>(std::move(guest), std::move(own));
}

}  // namespace tenon::plugin::declared
