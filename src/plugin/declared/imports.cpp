// The host functions of Tenon's own protocol: tenon.error and tenon.log.
#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/utf8.hpp"
#include "plugin/declared/declared.hpp"

namespace tenon::plugin::declared {
namespace {

using u32 = std::uint32_t;

// Nullopt where the guest wants another type: a module named "tenon" may be somebody else's.
template <typename F>
std::optional<HostFunction> function_of(const FunctionType& wanted, F callable) {
  HostFunction function(std::move(callable));
  if (function.type() != wanted) return std::nullopt;
  return function;
}

std::expected<std::string_view, Error> text_at(const Caller& caller, u32 address, u32 size) {
  auto bytes = caller.bytes(address, size);
  if (!bytes) return std::unexpected(std::move(bytes.error()));
  return std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

}  // namespace

std::shared_ptr<ProtocolState> add_imports(Imports& imports, const Module& module,
                                           const std::shared_ptr<LineLog>& log) {
  auto state = std::make_shared<State>();
  state->exports = artifact::find_declared(module.exports(), module.info().declaration);
  const auto error = [state](Caller& caller, u32 address, u32 size) -> std::expected<void, Error> {
    // Safety: the host keeps what the guest says, up to a limit.
    auto text = text_at(caller, address, std::min<std::uint64_t>(size, State::kMostSaid));
    if (!text) return std::unexpected(std::move(text.error()));
    state->said_error = base::printable(*text, State::kMostSaid);
    return {};
  };
  const auto print = [log](Caller& caller, u32 address, u32 size) -> std::expected<void, Error> {
    auto text = text_at(caller, address, size);
    if (!text) return std::unexpected(std::move(text.error()));
    log->write(LogStream::trace, *text);
    log->write(LogStream::trace, "\n");
    return {};
  };
  imports.provide(
      "tenon",
      [error, print](std::string_view name, const FunctionType& wanted) -> std::optional<HostFunction> {
        if (name == "error") return function_of(wanted, error);
        if (name == "log") return function_of(wanted, print);
        return std::nullopt;
      });
  return state;
}

}  // namespace tenon::plugin::declared
