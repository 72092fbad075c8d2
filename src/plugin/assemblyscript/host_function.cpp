// Host functions that take and give texts and bytes, as imports of an AssemblyScript plugin.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "artifact/protocols.hpp"
#include "base/error.hpp"
#include "plugin/assemblyscript/assemblyscript.hpp"
#include "plugin/assemblyscript/guest_object.hpp"
#include "plugin/host_texts.hpp"
#include "runtime/instance/session.hpp"

namespace tenon::plugin::assemblyscript {
namespace {

using u32 = std::uint32_t;

class ObjectFunction final : public HostTexts {
 public:
  ObjectFunction(const PluginOptions::Values::Host& host, const detail::PluginHostFunction& function,
                 const HostFunctionContext& context)
      : HostTexts(host, function, context), options_(context.options.assemblyscript) {}

 private:
  std::expected<void, Error> bind(const Instance& instance) override {
    const auto found = artifact::find_assemblyscript(instance.module().exports());
    if (!found) return std::unexpected(found.error());
    memory_ = *instance.memory(found->memory);
    has_strings_ = has_strings(options_, found->malloc);
    if (found->malloc) malloc_ = *instance.function<u32(u32)>("malloc");
    if (found->new_) new_ = *instance.function<u32(u32, u32)>("__new");
    return {};
  }

  std::expected<bool, Error> read(std::size_t index, detail::PluginType type, const Value*& slot,
                                  std::string& copy) const override {
    const auto pointer = static_cast<u32>(slot++->low_bits());
    if (pointer == 0 && detail::is_optional(type)) return false;
    GuestObject object;
    const auto memory = runtime::bytes_of(*memory_);
    const ObjectFault fault = find_object(memory, pointer, object);
    if (fault != ObjectFault::none)
      return std::unexpected(
          std::move(*describe(fault, object, memory.size(), pointer, argument(index) + " is")));
    if (detail::is_bytes(type) && object.class_id != kArrayBufferClass) {
      return base::fail(
          Phase::call, ErrorCode::protocol,
          argument(index) + " is a String; the host function takes bytes, which are an ArrayBuffer");
    }
    if (auto checked = check_size(index, object.size); !checked) return std::unexpected(checked.error());
    copy_text(object, copy);
    return true;
  }

  std::expected<std::uint64_t, Error> write(const detail::PluginArgument& argument) const override {
    const bool is_string = has_strings_ && detail::is_text(argument.type);
    std::u16string wide;
    if (is_string) widen_unless_ascii(argument.bytes, wide);
    const ObjectText text(argument.bytes, is_string ? std::u16string_view(wide) : std::u16string_view(),
                          is_string);
    if (text.size() > kMaxObject) {
      return base::fail(Phase::call, ErrorCode::invalid_argument,
                        "the result of " + name() + " is too large for an AssemblyScript object");
    }
    const bool by_malloc = text.class_id() == kArrayBufferClass && malloc_;
    if (!by_malloc && !new_) {
      return base::fail(Phase::call, ErrorCode::protocol,
                        "the plugin exports neither malloc nor __new, so " + name() +
                            " can give it no text (AssemblyScript: compile with --exportRuntime)");
    }
    const auto size = static_cast<u32>(text.size());
    const auto pointer = by_malloc ? (*malloc_)(size) : (*new_)(size, text.class_id());
    if (!pointer) return std::unexpected(pointer.error());
    GuestObject object;
    const auto memory = runtime::bytes_of(*memory_);
    const ObjectFault fault = find_object(memory, *pointer, object);
    const char* const who = by_malloc ? "malloc returned" : "__new returned";
    if (fault != ObjectFault::none)
      return std::unexpected(std::move(*describe(fault, object, memory.size(), *pointer, who)));
    if (object.class_id != text.class_id() || object.size < size) {
      return base::fail(Phase::call, ErrorCode::protocol,
                        std::string(who) + " another object than " + name() + " asked for");
    }
    runtime::note_write(*memory_, *pointer, size);
    text.write(object.contents);
    return *pointer;
  }

  AssemblyScriptOptions options_;
  std::optional<Memory> memory_;
  bool has_strings_ = false;
  std::optional<TypedFunction<u32(u32)>> malloc_;
  std::optional<TypedFunction<u32(u32, u32)>> new_;
};

}  // namespace

std::expected<HostFunction, Error> host_function(const PluginOptions::Values::Host& host,
                                                 const detail::PluginHostFunction& function,
                                                 const HostFunctionContext& context) {
  return HostTexts::make(function_type({.result = function.result, .parameters = function.parameters}),
                         std::make_shared<ObjectFunction>(host, function, context));
}

}  // namespace tenon::plugin::assemblyscript
