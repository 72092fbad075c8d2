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

using artifact::DeclaredFunction;
using detail::PluginType;

// Whether a host's argument of a type may go to a parameter of another: a text to one that may
// also be null.
bool may_pass(PluginType given, PluginType declared) {
  return given == declared || (given == PluginType::text && declared == PluginType::optional_text) ||
         (given == PluginType::bytes && declared == PluginType::optional_bytes);
}

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
  Declared(Guest guest, std::vector<DeclaredFunction> functions, std::shared_ptr<ProtocolState> state)
      : guest_(std::move(guest)), functions_(std::move(functions)), state_(std::move(state)) {}

  std::expected<Entry, Error> find(std::string_view name,
                                   const detail::PluginSignature& signature) const override {
    auto function = exported_function(guest_.instance, name);
    if (!function) return std::unexpected(std::move(function.error()));
    const auto found = std::ranges::find(functions_, name, &DeclaredFunction::name);
    if (found == functions_.end()) {
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
    Exchange exchange(guest_, function, arguments, result, said());
    const base::Failure stopped = exchange.run();
    // A plugin whose language panics says why, and stops then.
    if (stopped != nullptr) {
      if (const auto said = std::exchange(this->said().message, std::nullopt)) {
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
  SaidError& said() const { return static_cast<SaidError&>(*state_); }

  Guest guest_;
  std::vector<DeclaredFunction> functions_;
  std::shared_ptr<ProtocolState> state_;
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
  const Module& module = instance.module();
  auto found = artifact::find_declared(module.exports(), module.info().declaration);
  if (!found) return std::unexpected(std::move(found.error()));
  return std::make_unique<Declared>(Guest{.instance = instance,
                                          .memory = *instance.memory(found->memory),
                                          .alloc = *instance.function("tenon_alloc"),
                                          .result_limit = options.result_limit},
                                    std::move(found->declaration.exports), std::move(state));
}

}  // namespace tenon::plugin::declared
