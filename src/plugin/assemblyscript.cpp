#include "plugin/assemblyscript.hpp"

#include <algorithm>
#include <array>
#include <cstring>
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
    if (!memory || only)
      return base::fail(Phase::instantiate, ErrorCode::protocol,
                        "the plugin exports several memories and none as \"memory\"");
    only = *memory;
  }
  if (only) return *only;
  return base::fail(Phase::instantiate, ErrorCode::protocol,
                    "the plugin exports no memory, so no text can be passed to it (export it as \"memory\")");
}

// The export, nullopt where there is none of that name. Calls go past the types
// later, so this check is what makes them sound.
std::expected<std::optional<Function>, Error> find_function(const Instance& instance, std::string_view name,
                                                            const FunctionType& wanted) {
  const auto item = instance.find_export(name);
  if (!item) return std::nullopt;
  const auto* function = std::get_if<Function>(&*item);
  if (function != nullptr && function->type() == wanted) return *function;
  const std::string type = function != nullptr ? to_string(function->type()) : "no function's type";
  return base::fail(Phase::instantiate, ErrorCode::signature_mismatch,
                    "the plugin exports \"" + std::string(name) + "\" with " + type +
                        ", but AssemblyScript's is " + to_string(wanted));
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
  const auto find = [&](std::optional<Function>& slot, std::string_view name, const FunctionType& type) {
    if (!found) return;
    auto function = find_function(instance, name, type);
    if (function)
      slot = *function;
    else
      found = std::unexpected(std::move(function.error()));
  };
  constexpr auto i32 = ValueType::i32;
  find(bound.malloc_, "malloc", {{i32}, {i32}});
  find(bound.new_, "__new", {{i32, i32}, {i32}});
  find(bound.pin_, "__pin", {{i32}, {i32}});
  find(bound.unpin_, "__unpin", {{i32}, {}});
  find(bound.collect_, "__collect", {});
  if (!found) return std::unexpected(std::move(found.error()));
  bound.strings_ = text_type == TextType::string || (text_type == TextType::automatic && !bound.malloc_);
  return bound;
}

namespace {

std::expected<void, Error> to_expected(Failure failed) {
  if (failed == nullptr) return {};
  return std::unexpected(std::move(*failed));
}

}  // namespace

// Every call into the guest goes through here: one that fails leaves it in
// whatever state it was in, and it must not run again.
Failure AssemblyScript::enter(const Function& function, std::uint64_t* slots) {
  auto failed = detail::invoke(function.store(), function.record(), slots);
  if (failed != nullptr) [[unlikely]]
    stopped_ = *failed;
  return failed;
}

std::expected<void, Error> AssemblyScript::call(const TextFunction& function,
                                                std::span<const std::string_view> texts,
                                                std::string* result) {
  return to_expected(pass_and_call(function, texts, result));
}

Failure AssemblyScript::pass_and_call(const TextFunction& function, std::span<const std::string_view> texts,
                                      std::string* result) {
  if (texts.size() > TextFunction::kMaxTexts) {
    return failure(ErrorCode::invalid_argument,
                   "a function takes at most " + std::to_string(TextFunction::kMaxTexts) + " texts");
  }
  // The pointers, as the arguments that they are; enter() puts the result in slot 0.
  std::array<std::uint64_t, TextFunction::kMaxTexts> slots, pinned;
  std::size_t pins = 0;
  Failure failed;
  for (std::size_t i = 0; i < texts.size() && failed == nullptr; ++i) {
    u32 pointer = 0;
    failed = lower(texts[i], pointer);
    slots[i] = pointer;
    // No allocation follows the last argument, so it needs no pin.
    if (failed != nullptr || i + 1 == texts.size()) break;
    failed = pin(pointer);
    if (failed == nullptr) pinned[pins++] = pointer;
  }
  if (failed == nullptr) failed = enter(function.function(), slots.data());
  if (failed == nullptr && result != nullptr) {
    result->clear();
    if (function.returns()) {
      GuestObject object;
      failed = object_at(memory_.data(), static_cast<u32>(slots[0]), function.name(), object);
      if (failed == nullptr) copy_text(object, *result);
    }
  }
  unpin(std::span(pinned).first(pins));
  // An unpin that failed stopped the guest, though the result is already here.
  if (failed == nullptr && stopped_) return std::make_unique<Error>(*stopped_);
  return failed;
}

Failure AssemblyScript::lower(std::string_view text, u32& pointer) {
  return strings_ ? lower_string(text, pointer) : lower_array_buffer(text, pointer);
}

Failure AssemblyScript::lower_array_buffer(std::string_view text, u32& pointer) {
  auto failed = allocate(text.size(), kArrayBufferClass, pointer);
  if (failed == nullptr && !text.empty())
    std::memcpy(memory_.data().data() + pointer, text.data(), text.size());
  return failed;
}

Failure AssemblyScript::lower_string(std::string_view text, u32& pointer) {
  const bool ascii = is_ascii(text);
  const std::u16string wide = ascii ? std::u16string() : base::utf8_to_utf16(text);
  const std::size_t units = ascii ? text.size() : wide.size();
  if (auto failed = allocate(2 * std::uint64_t{units}, kStringClass, pointer)) return failed;
  std::uint8_t* out = memory_.data().data() + pointer;
  for (std::size_t i = 0; i < units; ++i) {
    const auto unit = ascii ? static_cast<char16_t>(text[i]) : wide[i];
    out[2 * i] = static_cast<std::uint8_t>(unit & 0xFF);
    out[2 * i + 1] = static_cast<std::uint8_t>(unit >> 8);
  }
  return nullptr;
}

// The pointer to an object of that class with room for `size` bytes: the room
// has been checked, and stays until the guest runs.
Failure AssemblyScript::allocate(std::uint64_t size, u32 class_id, u32& pointer) {
  if (size > kMaxObject) {
    return failure(ErrorCode::invalid_argument,
                   "a text of " + std::to_string(size) + " bytes is too large for an AssemblyScript object");
  }
  const bool by_malloc = class_id == kArrayBufferClass && malloc_;
  if (!by_malloc && !new_) {
    return failure(ErrorCode::protocol,
                   "the plugin exports neither malloc nor __new, so no text can be passed to it "
                   "(AssemblyScript: compile with --exportRuntime)");
  }
  std::uint64_t slots[2] = {size, class_id};
  if (auto failed = enter(by_malloc ? *malloc_ : *new_, slots)) return failed;
  pointer = static_cast<u32>(slots[0]);
  const std::string_view who = by_malloc ? "malloc" : "__new";
  GuestObject object;
  if (auto failed = object_at(memory_.data(), pointer, who, object)) return failed;
  if (object.class_id == class_id && object.contents.size() >= size) return nullptr;
  return failure(ErrorCode::protocol,
                 std::string(who) + " returned an object of class " + std::to_string(object.class_id) +
                     " with " + std::to_string(object.contents.size()) + " bytes; asked for class " +
                     std::to_string(class_id) + " with " + std::to_string(size) + " bytes");
}

Failure AssemblyScript::pin(u32 pointer) {
  if (!pin_) return nullptr;
  std::uint64_t slot = pointer;
  return enter(*pin_, &slot);
}

void AssemblyScript::unpin(std::span<const std::uint64_t> pointers) {
  if (!unpin_ || !pin_) return;
  for (std::uint64_t slot : pointers) {
    if (stopped_) return;
    (void)enter(*unpin_, &slot);  // a failure is kept in stopped_
  }
}

std::expected<void, Error> AssemblyScript::collect() {
  if (!collect_) return {};
  std::uint64_t slot = 0;
  return to_expected(enter(*collect_, &slot));
}

}  // namespace tenon::plugin
