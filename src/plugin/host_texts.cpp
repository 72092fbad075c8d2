#include "plugin/host_texts.hpp"

#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/utf8.hpp"

namespace tenon::plugin {
namespace {

using detail::PluginArgument;

bool is_object(detail::PluginType type) { return detail::is_text(type) || detail::is_bytes(type); }

// True while the plugin allocates.
class Allocating {
 public:
  explicit Allocating(bool& flag) : flag_(flag) { flag_ = true; }
  ~Allocating() { flag_ = false; }
  Allocating(const Allocating&) = delete;
  Allocating& operator=(const Allocating&) = delete;

 private:
  bool& flag_;
};

}  // namespace

// The result of the callable, on its way.
struct HostTexts::Passing {
  const HostTexts& self;
  Value& result;
  static std::expected<void, Error> give(void* context, const PluginArgument& argument) {
    const auto& passing = *static_cast<Passing*>(context);
    return passing.self.pass(argument, passing.result);
  }
};

HostTexts::HostTexts(const PluginOptions::Values::Host& host, const detail::PluginHostFunction& function,
                     const HostFunctionContext& context)
    : name_(base::printable(host.module, 100) + '.' + base::printable(host.name, 100)),
      function_(function),
      limit_(context.options.result_limit),
      is_allocating_(context.is_allocating) {}

HostFunction HostTexts::make(const FunctionType& type, std::shared_ptr<HostTexts> texts) {
  return HostFunction(type, [texts = std::move(texts)](Caller& caller, std::span<const Value> arguments,
                                                       std::span<Value> results) {
    return texts->call(caller, arguments, results);
  });
}

std::string HostTexts::argument(std::size_t index) const {
  return "argument " + std::to_string(index + 1) + " of " + name_;
}

std::expected<void, Error> HostTexts::check_size(std::size_t index, std::uint64_t bytes) const {
  if (bytes <= limit_) return {};
  return base::fail(Phase::call, ErrorCode::out_of_resources,
                    argument(index) + " has " + std::to_string(bytes) + " bytes, above the limit of " +
                        std::to_string(limit_) + " (PluginOptions::result_limit, --result-limit)");
}

std::expected<void, Error> HostTexts::call(Caller& caller, std::span<const Value> slots,
                                           std::span<Value> results) {
  if (*is_allocating_) {
    return base::fail(Phase::call, ErrorCode::protocol,
                      "the plugin called " + name_ + " while it allocated for the result of a host function");
  }
  if (!is_bound_) {
    if (auto bound = bind(caller.instance()); !bound) return bound;
    is_bound_ = true;
  }
  // The host's own copies: the guest, or another thread of it, may change what is in its memory
  // while the callable works.
  std::vector<std::string> copies(function_.parameters.size());
  std::vector<PluginArgument> arguments(function_.parameters.size());
  const Value* slot = slots.data();
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto type = function_.parameters[i];
    if (!is_object(type)) {
      arguments[i] = {.type = type, .bits = slot++->low_bits(), .bytes = {}};
      continue;
    }
    const auto is_there = read(i, type, slot, copies[i]);
    if (!is_there) return std::unexpected(is_there.error());
    arguments[i] = {.type = type, .is_null = !*is_there, .bytes = copies[i]};
  }
  Value none;
  Passing passing{*this, results.empty() ? none : results[0]};
  return function_.call(caller, arguments, {.give = Passing::give, .context = &passing});
}

// The guest is in the middle of a call: of the host function.
std::expected<void, Error> HostTexts::pass(const PluginArgument& argument, Value& result) const {
  if (argument.is_null) return {};  // it is preset to 0
  std::uint64_t bits = argument.bits;
  if (is_object(argument.type)) {
    const Allocating guard(*is_allocating_);
    const auto written = write(argument);
    if (!written) return std::unexpected(written.error());
    bits = *written;
  }
  result = Value::from_bits(result.type(), bits);
  return {};
}

}  // namespace tenon::plugin
