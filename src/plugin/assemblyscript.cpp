#include "plugin/assemblyscript.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>
#include <utility>

#include "base/error.hpp"
#include "base/utf8.hpp"
#include "plugin/guest_object.hpp"

namespace tenon::plugin {
namespace {

// AssemblyScript's own limit of an object (std/assembly/rt/common.ts,
// OBJECT_MAXSIZE): 1 GiB without the headers.
constexpr std::uint64_t kMaxObject = (std::uint64_t{1} << 30) - 32;

// "memory", or the only one under whatever name.
std::expected<Memory, Error> find_memory(const Instance& instance) {
  if (auto memory = instance.memory("memory")) return memory;
  std::optional<Memory> only;
  for (const auto& item : instance.module().exports()) {
    if (kind_of(item.type) != ExternKind::memory) continue;
    auto memory = instance.memory(item.name);
    if (!memory || only) return base::fail(Phase::instantiate, ErrorCode::protocol,
                                           "the plugin exports several memories and none as \"memory\"");
    only = *memory;
  }
  if (only) return *only;
  return base::fail(Phase::instantiate, ErrorCode::protocol,
                    "the plugin exports no memory, so no text can be passed to it (export it as \"memory\")");
}

template <typename... Parameters>
FunctionType type_of(std::type_identity<std::uint32_t(Parameters...)>) {
  return {{detail::WasmTypeOf<Parameters>::value...}, {ValueType::i32}};
}

template <typename... Parameters>
FunctionType type_of(std::type_identity<void(Parameters...)>) {
  return {{detail::WasmTypeOf<Parameters>::value...}, {}};
}

// The export, nullopt where there is none of that name.
template <typename Signature>
std::expected<std::optional<TypedFunction<Signature>>, Error> find_function(const Instance& instance,
                                                                            std::string_view name) {
  const auto item = instance.find_export(name);
  if (!item) return std::nullopt;
  const auto* function = std::get_if<Function>(&*item);
  auto typed = function != nullptr ? function->typed<Signature>()
                                   : base::fail(Phase::instantiate, ErrorCode::signature_mismatch, "");
  if (typed) return std::optional(std::move(*typed));
  const std::string type = function != nullptr ? to_string(function->type()) : "no function's type";
  return base::fail(Phase::instantiate, ErrorCode::signature_mismatch,
                    "the plugin exports \"" + std::string(name) + "\" with " + type + ", but AssemblyScript's is " +
                        to_string(type_of(std::type_identity<Signature>{})));
}

bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char byte : text) all |= static_cast<unsigned char>(byte);
  return all < 0x80;
}

}  // namespace

std::expected<AssemblyScript, Error> AssemblyScript::bind(const Instance& instance, TextType text_type) {
  const auto memory = find_memory(instance);
  if (!memory) return std::unexpected(memory.error());
  AssemblyScript bound(*memory);
  std::expected<void, Error> found;
  const auto find = [&]<typename Signature>(Optional<Signature>& slot, std::string_view name) {
    if (!found) return;
    auto function = find_function<Signature>(instance, name);
    if (function) slot = std::move(*function);
    else found = std::unexpected(std::move(function.error()));
  };
  find(bound.malloc_, "malloc");
  find(bound.new_, "__new");
  find(bound.pin_, "__pin");
  find(bound.unpin_, "__unpin");
  find(bound.collect_, "__collect");
  if (!found) return std::unexpected(std::move(found.error()));
  bound.strings_ = text_type == TextType::string || (text_type == TextType::automatic && !bound.malloc_);
  return bound;
}

// Every call into the guest goes through here: one that fails leaves it in
// whatever state it was in, and it must not run again.
template <typename Callee, typename... Arguments>
auto AssemblyScript::enter(const Callee& callee, Arguments... arguments) {
  auto outcome = callee(arguments...);
  if (!outcome) stopped_ = outcome.error();
  return outcome;
}

std::expected<void, Error> AssemblyScript::call(const TextFunction& function,
                                                std::span<const std::string_view> texts, std::string* result) {
  if (texts.size() > TextFunction::kMaxTexts) {
    return base::fail(Phase::call, ErrorCode::invalid_argument,
                      "a function takes at most " + std::to_string(TextFunction::kMaxTexts) + " texts");
  }
  std::array<u32, TextFunction::kMaxTexts> pointers;
  std::size_t pinned = 0;
  std::expected<void, Error> done;
  for (std::size_t i = 0; i < texts.size() && done; ++i) {
    auto pointer = lower(texts[i]);
    if (!pointer) {
      done = std::unexpected(std::move(pointer.error()));
      break;
    }
    pointers[i] = *pointer;
    // No allocation follows the last argument, so it needs no pin.
    if (i + 1 == texts.size()) break;
    done = pin(*pointer);
    if (done) ++pinned;
  }
  if (done) done = call_with(function, std::span(pointers).first(texts.size()), result);
  unpin(std::span(pointers).first(pinned));
  // An unpin that failed stopped the guest, though the result is already here.
  if (done && stopped_) return std::unexpected(*stopped_);
  return done;
}

std::expected<void, Error> AssemblyScript::call_with(const TextFunction& function, std::span<const u32> pointers,
                                                     std::string* result) {
  auto returned = enter(function, pointers);
  if (!returned) return std::unexpected(std::move(returned.error()));
  if (result == nullptr) return {};
  if (*returned) return lift(**returned, function.name(), *result);
  result->clear();
  return {};
}

std::expected<std::uint32_t, Error> AssemblyScript::lower(std::string_view text) {
  return strings_ ? lower_string(text) : lower_array_buffer(text);
}

std::expected<std::uint32_t, Error> AssemblyScript::lower_array_buffer(std::string_view text) {
  const auto pointer = allocate(text.size(), kArrayBufferClass);
  if (pointer && !text.empty()) std::memcpy(memory_.data().data() + *pointer, text.data(), text.size());
  return pointer;
}

std::expected<std::uint32_t, Error> AssemblyScript::lower_string(std::string_view text) {
  const bool ascii = is_ascii(text);
  const std::u16string wide = ascii ? std::u16string() : base::utf8_to_utf16(text);
  const std::size_t units = ascii ? text.size() : wide.size();
  const auto pointer = allocate(2 * std::uint64_t{units}, kStringClass);
  if (!pointer) return pointer;
  std::uint8_t* out = memory_.data().data() + *pointer;
  for (std::size_t i = 0; i < units; ++i) {
    const auto unit = ascii ? static_cast<char16_t>(text[i]) : wide[i];
    out[2 * i] = static_cast<std::uint8_t>(unit & 0xFF);
    out[2 * i + 1] = static_cast<std::uint8_t>(unit >> 8);
  }
  return pointer;
}

// The pointer to an object of that class with room for `size` bytes: the room
// has been checked, and stays until the guest runs.
std::expected<std::uint32_t, Error> AssemblyScript::allocate(std::uint64_t size, u32 class_id) {
  if (size > kMaxObject) {
    return base::fail(Phase::call, ErrorCode::invalid_argument,
                      "a text of " + std::to_string(size) + " bytes is too large for an AssemblyScript object");
  }
  const bool by_malloc = class_id == kArrayBufferClass && malloc_;
  if (!by_malloc && !new_) {
    return base::fail(Phase::call, ErrorCode::protocol,
                      "the plugin exports neither malloc nor __new, so no text can be passed to it "
                      "(AssemblyScript: compile with --exportRuntime)");
  }
  const auto size32 = static_cast<u32>(size);
  const auto pointer = by_malloc ? enter(*malloc_, size32) : enter(*new_, size32, class_id);
  if (!pointer) return pointer;
  const std::string_view who = by_malloc ? "malloc" : "__new";
  const auto object = object_at(memory_.data(), *pointer, who);
  if (!object) return std::unexpected(object.error());
  if (object->class_id != class_id || object->contents.size() < size) {
    return base::fail(Phase::call, ErrorCode::protocol,
                      std::string(who) + " returned an object of class " + std::to_string(object->class_id) +
                          " with " + std::to_string(object->contents.size()) + " bytes; asked for class " +
                          std::to_string(class_id) + " with " + std::to_string(size) + " bytes");
  }
  return pointer;
}

std::expected<void, Error> AssemblyScript::lift(u32 pointer, std::string_view what, std::string& result) const {
  const auto object = object_at(memory_.data(), pointer, what);
  if (!object) return std::unexpected(object.error());
  copy_text(*object, result);
  return {};
}

std::expected<void, Error> AssemblyScript::pin(u32 pointer) {
  if (!pin_) return {};
  const auto pinned = enter(*pin_, pointer);
  if (!pinned) return std::unexpected(pinned.error());
  return {};
}

void AssemblyScript::unpin(std::span<const u32> pointers) {
  if (!unpin_ || !pin_) return;
  for (const u32 pointer : pointers) {
    if (stopped_) return;
    (void)enter(*unpin_, pointer);  // a failure is kept in stopped_
  }
}

std::expected<void, Error> AssemblyScript::collect() {
  if (!collect_) return {};
  return enter(*collect_);
}

}  // namespace tenon::plugin
