// Host functions that take and give texts and bytes, as imports of an AssemblyScript plugin.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "artifact/protocols.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"
#include "plugin/assemblyscript/assemblyscript.hpp"
#include "plugin/assemblyscript/guest_object.hpp"
#include "runtime/instance/session.hpp"

namespace tenon::plugin::assemblyscript {
namespace {

using detail::PluginArgument;
using detail::PluginType;
using u32 = std::uint32_t;

bool is_object(PluginType type) { return detail::is_text(type) || detail::is_bytes(type); }

// How a plugin makes objects: its exports, found once.
struct Allocator {
  Memory memory;
  bool has_strings;
  std::optional<TypedFunction<u32(u32)>> malloc;
  std::optional<TypedFunction<u32(u32, u32)>> new_;
};

std::expected<Allocator, Error> find_allocator(const Instance& instance,
                                               const AssemblyScriptOptions& options) {
  const auto found = artifact::find_assemblyscript(instance.module().exports());
  if (!found) return std::unexpected(found.error());
  Allocator allocator{.memory = *instance.memory(found->memory),
                      .has_strings = has_strings(options, found->malloc)};
  if (found->malloc) allocator.malloc = *instance.function<u32(u32)>("malloc");
  if (found->new_) allocator.new_ = *instance.function<u32(u32, u32)>("__new");
  return allocator;
}

// A host function of one plugin.
class HostTexts {
 public:
  HostTexts(const PluginOptions::Values::Host& host, detail::PluginHostFunction function,
            const HostFunctionContext& context)
      : name_(base::printable(host.module, 100) + '.' + base::printable(host.name, 100)),
        function_(std::move(function)),
        options_(context.options.assemblyscript),
        limit_(context.options.result_limit),
        is_allocating_(context.is_allocating) {}

  std::expected<void, Error> call(Caller& caller, std::span<const Value> slots, std::span<Value> results) {
    if (*is_allocating_) return std::unexpected(called_while_allocating(name_));
    if (!allocator_) {
      auto found = find_allocator(caller.instance(), options_);
      if (!found) return std::unexpected(std::move(found.error()));
      allocator_ = std::move(*found);
    }
    // The host's own copies: the guest, or another thread of it, may change what is in its memory
    // while the callable works.
    std::vector<std::string> copies(slots.size());
    std::vector<PluginArgument> arguments(slots.size());
    for (std::size_t i = 0; i < slots.size(); ++i) {
      if (auto taken = take(i, slots[i], copies[i], arguments[i]); !taken) return taken;
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

  std::expected<void, Error> take(std::size_t index, const Value& slot, std::string& copy,
                                  PluginArgument& argument) const {
    argument = {.type = function_.parameters[index], .bits = slot.low_bits(), .bytes = {}};
    if (!is_object(argument.type)) return {};
    const auto pointer = static_cast<u32>(slot.low_bits());
    argument.is_null = pointer == 0 && detail::is_optional(argument.type);
    if (argument.is_null) return {};
    GuestObject object;
    const auto memory = runtime::bytes_of(allocator_->memory);
    const ObjectFault fault = find_object(memory, pointer, object);
    const auto who = [&] { return "argument " + std::to_string(index + 1) + " of " + name_; };
    if (fault != ObjectFault::none)
      return std::unexpected(std::move(*describe(fault, object, memory.size(), pointer, who() + " is")));
    if (detail::is_bytes(argument.type) && object.class_id != kArrayBufferClass) {
      return base::fail(Phase::call, ErrorCode::protocol,
                        who() + " is a String; the host function takes bytes, which are an ArrayBuffer");
    }
    // Safety: a guest could have the host hold as many gigabytes as its memory has for each.
    if (object.size > limit_) {
      return base::fail(Phase::call, ErrorCode::out_of_resources,
                        who() + " has " + std::to_string(object.size) + " bytes, above the limit of " +
                            std::to_string(limit_) + " (PluginOptions::result_limit, --result-limit)");
    }
    copy_text(object, copy);
    argument.bytes = copy;
    return {};
  }

  // Allocates in the guest, which is in the middle of a call: of the host function.
  std::expected<void, Error> pass(const PluginArgument& argument, Value& result) {
    if (!is_object(argument.type)) {
      result = Value::from_bits(result.type(), argument.bits);
      return {};
    }
    if (argument.is_null) return {};  // it is preset to 0
    const bool is_string = allocator_->has_strings && detail::is_text(argument.type);
    std::u16string wide;  // of this call: the allocator may call again
    if (is_string) widen_unless_ascii(argument.bytes, wide);
    const ObjectText text(argument.bytes, is_string ? std::u16string_view(wide) : std::u16string_view(),
                          is_string);
    const auto pointer = allocate(text);
    if (!pointer) return std::unexpected(pointer.error());
    result = Value::from_i32(static_cast<std::int32_t>(*pointer));
    return {};
  }

  std::expected<u32, Error> allocate(const ObjectText& text) const {
    if (text.size() > kMaxObject) {
      return base::fail(Phase::call, ErrorCode::invalid_argument,
                        "the result of " + name_ + " is too large for an AssemblyScript object");
    }
    const auto size = static_cast<u32>(text.size());
    const bool by_malloc = text.class_id() == kArrayBufferClass && allocator_->malloc;
    if (!by_malloc && !allocator_->new_) {
      return base::fail(Phase::call, ErrorCode::protocol,
                        "the plugin exports neither malloc nor __new, so " + name_ +
                            " can give it no text (AssemblyScript: compile with --exportRuntime)");
    }
    const Allocating guard(*is_allocating_);
    const auto pointer = by_malloc ? (*allocator_->malloc)(size) : (*allocator_->new_)(size, text.class_id());
    if (!pointer) return pointer;
    GuestObject object;
    const auto memory = runtime::bytes_of(allocator_->memory);
    const ObjectFault fault = find_object(memory, *pointer, object);
    const char* const who = by_malloc ? "malloc returned" : "__new returned";
    if (fault != ObjectFault::none)
      return std::unexpected(std::move(*describe(fault, object, memory.size(), *pointer, who)));
    if (object.class_id != text.class_id() || object.size < size) {
      return base::fail(Phase::call, ErrorCode::protocol,
                        std::string(who) + " another object than " + name_ + " asked for");
    }
    runtime::note_write(allocator_->memory, *pointer, size);
    text.write(object.contents);
    return pointer;
  }

  std::string name_;
  detail::PluginHostFunction function_;
  AssemblyScriptOptions options_;
  std::uint64_t limit_;
  std::optional<Allocator> allocator_;
  std::shared_ptr<bool> is_allocating_;
};

}  // namespace

std::expected<HostFunction, Error> host_function(const PluginOptions::Values::Host& host,
                                                 const detail::PluginHostFunction& function,
                                                 const HostFunctionContext& context) {
  auto texts = std::make_shared<HostTexts>(host, function, context);
  const FunctionType type = function_type({.result = function.result, .parameters = function.parameters});
  return HostFunction(type,
                      [texts](Caller& caller, std::span<const Value> arguments, std::span<Value> results) {
                        return texts->call(caller, arguments, results);
                      });
}

}  // namespace tenon::plugin::assemblyscript
