// Host functions that take and give texts and bytes, as imports of a plugin that declares its
// functions.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "artifact/declaration.hpp"
#include "artifact/protocols.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"
#include "plugin/declared/declared.hpp"
#include "runtime/instance/session.hpp"

namespace tenon::plugin::declared {
namespace {

using detail::PluginArgument;
using detail::PluginType;
using u32 = std::uint32_t;

bool is_object(PluginType type) { return detail::is_text(type) || detail::is_bytes(type); }

struct Allocator {
  Memory memory;
  TypedFunction<u32(u32)> alloc;
};

// A host function of one plugin.
class HostTexts {
 public:
  HostTexts(const PluginOptions::Values::Host& host, detail::PluginHostFunction function,
            const HostFunctionContext& context)
      : name_(base::printable(host.module, 100) + '.' + base::printable(host.name, 100)),
        function_(std::move(function)),
        limit_(context.options.result_limit),
        is_allocating_(context.is_allocating) {}

  std::expected<void, Error> call(Caller& caller, std::span<const Value> slots, std::span<Value> results) {
    if (*is_allocating_) return std::unexpected(called_while_allocating(name_));
    if (!allocator_) {
      const auto exports = caller.instance().module().exports();
      const auto memory = artifact::find_memory(exports);
      if (!memory) return std::unexpected(memory.error());
      const auto alloc = caller.instance().function<u32(u32)>("tenon_alloc");
      if (!alloc) return std::unexpected(alloc.error());
      allocator_ = Allocator{.memory = *caller.instance().memory(*memory), .alloc = *alloc};
    }
    // The host's own copies: the guest, or another thread of it, may change what is in its memory
    // while the callable works.
    std::vector<std::string> copies(function_.parameters.size());
    std::vector<PluginArgument> arguments(function_.parameters.size());
    const Value* slot = slots.data();
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      arguments[i] = {.type = function_.parameters[i], .bits = slot->low_bits(), .bytes = {}};
      if (!is_object(arguments[i].type)) {
        ++slot;
        continue;
      }
      const Block block{.address = static_cast<u32>(slot[0].i32()), .size = static_cast<u32>(slot[1].i32())};
      if (auto taken = take(i, block, copies[i], arguments[i]); !taken) return taken;
      slot += 2;
    }
    Passing passing{*this, results};
    return function_.call(caller, arguments, {.give = Passing::give, .context = &passing});
  }

 private:
  struct Passing {
    HostTexts& self;
    std::span<Value> results;
    static std::expected<void, Error> give(void* context, const PluginArgument& result) {
      auto& [self, results] = *static_cast<Passing*>(context);
      return self.pass(result, results[0]);
    }
  };

  std::expected<void, Error> take(std::size_t index, Block block, std::string& copy,
                                  PluginArgument& argument) const {
    argument.is_null = block.is_null() && detail::is_optional(argument.type);
    if (argument.is_null) return {};
    const auto who = [&] { return "argument " + std::to_string(index + 1) + " of " + name_ + " is"; };
    if (block.is_null()) return std::unexpected(null(who()));
    const auto memory = runtime::bytes_of(allocator_->memory);
    const auto bytes = view(memory, block);
    if (!bytes) return std::unexpected(outside(who(), block, memory.size()));
    // Safety: a guest could have the host hold as many gigabytes as its memory has for each.
    if (bytes->size() > limit_) {
      return base::fail(Phase::call, ErrorCode::out_of_resources,
                        who() + " of " + std::to_string(bytes->size()) + " bytes, above the limit of " +
                            std::to_string(limit_) + " (PluginOptions::result_limit, --result-limit)");
    }
    copy.assign(*bytes);
    argument.bytes = copy;
    return {};
  }

  // Allocates in the guest, which is in the middle of a call: of the host function.
  std::expected<void, Error> pass(const PluginArgument& argument, Value& result) const {
    if (!is_object(argument.type)) {
      result = Value::from_bits(result.type(), argument.bits);
      return {};
    }
    if (argument.is_null) return {};  // it is preset to 0
    if (argument.bytes.size() > UINT32_MAX) {
      return base::fail(Phase::call, ErrorCode::invalid_argument,
                        "the result of " + name_ + " is too large for the plugin's memory");
    }
    const auto size = static_cast<u32>(argument.bytes.size());
    const Allocating guard(*is_allocating_);
    const auto address = allocator_->alloc(std::max<u32>(size, 1));
    if (!address) return std::unexpected(address.error());
    const Block block{.address = *address, .size = size};
    if (block.is_null()) {
      return base::fail(
          Phase::call, ErrorCode::out_of_resources,
          "the plugin has no memory for the result of " + name_ + ", " + std::to_string(size) + " bytes");
    }
    const auto memory = runtime::bytes_of(allocator_->memory);
    if (!view(memory, block)) return std::unexpected(outside("tenon_alloc returned", block, memory.size()));
    runtime::note_write(allocator_->memory, block.address, size);
    if (size > 0) std::memcpy(memory.data() + block.address, argument.bytes.data(), size);
    result = Value::from_bits(ValueType::i64, std::uint64_t{block.address} << 32 | size);
    return {};
  }

  std::string name_;
  detail::PluginHostFunction function_;
  std::uint64_t limit_;
  std::optional<Allocator> allocator_;
  std::shared_ptr<bool> is_allocating_;
};

// Whether a plugin's parameter of a type may be taken as another: a text as one that may be null.
bool may_be(PluginType type, PluginType taken) {
  return type == taken || (type == PluginType::text && taken == PluginType::optional_text) ||
         (type == PluginType::bytes && taken == PluginType::optional_bytes);
}

// The host takes what the plugin declares to pass, and gives what it declares to take.
std::expected<void, Error> check_declared(const PluginOptions::Values::Host& host,
                                          const detail::PluginHostFunction& function, const Module& module) {
  const auto declaration = artifact::parse_declaration(module.info().declaration);
  if (!declaration) return {};  // which is an error elsewhere
  const auto found = std::ranges::find_if(declaration->imports, [&](const auto& import) {
    return import.module == host.module && import.name == host.name;
  });
  if (found == declaration->imports.end()) return {};
  if (std::ranges::equal(found->parameters, function.parameters, may_be) &&
      may_be(function.result, found->result))
    return {};
  const detail::PluginSignature given{.result = function.result, .parameters = function.parameters};
  return base::fail(Phase::link, ErrorCode::incompatible_import,
                    "the plugin declares the import " + base::printable(host.module, 100) + '.' +
                        base::printable(host.name, 100) + artifact::to_text(found->signature()) +
                        ", and the host gives a function " + artifact::to_text(given));
}

}  // namespace

std::expected<HostFunction, Error> host_function(const PluginOptions::Values::Host& host,
                                                 const detail::PluginHostFunction& function,
                                                 const HostFunctionContext& context) {
  if (auto checked = check_declared(host, function, context.module); !checked)
    return std::unexpected(std::move(checked.error()));
  auto texts = std::make_shared<HostTexts>(host, function, context);
  const FunctionType type =
      artifact::declared_type({.result = function.result, .parameters = function.parameters});
  return HostFunction(type,
                      [texts](Caller& caller, std::span<const Value> arguments, std::span<Value> results) {
                        return texts->call(caller, arguments, results);
                      });
}

}  // namespace tenon::plugin::declared
