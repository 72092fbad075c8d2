#include "plugin/assemblyscript/exchange.hpp"

#include <cstring>
#include <exception>
#include <utility>

#include "base/utf8.hpp"
#include "plugin/assemblyscript/collection.hpp"
#include "runtime/instance/session.hpp"

namespace tenon::plugin::assemblyscript {

using namespace std::string_view_literals;
using base::failure;
using base::Failure;
using runtime::bytes_of;
using runtime::call_in_session;

Failure Exchange::run() {
  return runtime::enter(guest_.instance, [this] { work(); });
}

[[gnu::cold]] Failure Exchange::no_memory() const {
  return failure(Phase::call, ErrorCode::out_of_resources,
                 "the host has no memory for the texts of a call of " + function_.name);
}

// With all that it calls in one body: each step is short, and there are a dozen in each call.
//
// A call of the guest may trap and leave these frames, so nothing in them may need a
// destructor then. All such things are members, which run()'s caller destroys, or are gone
// before the guest is called again.
[[gnu::flatten]] void Exchange::work() {
  try {
    if (pass_arguments()) {
      call_in_session(function_.function, slots_.data());
      take_result();
    }
  } catch (const std::exception&) {
    no_memory_ = true;  // the error itself needs some: made when this activation has ended
  }
  unpin();
  if (failed_ != nullptr || no_memory_ || !collection_.is_due(bytes_of(guest_.memory).size())) return;
  if (guest_.collect) call_in_session(*guest_.collect, runtime_slots_.data());
  collection_.ran(bytes_of(guest_.memory).size());
}

bool Exchange::pass_arguments() {
  for (std::size_t i = 0; i < arguments_.size(); ++i) {
    const detail::PluginArgument& argument = arguments_[i];
    if (!detail::is_text(argument.type) && !detail::is_bytes(argument.type)) {
      slots_[i] = argument.bits;
      continue;
    }
    slots_[i] = 0;
    if (argument.is_null) continue;
    if (!pass_object(i)) return false;
    // No allocation follows the last argument, so it needs no pin.
    if (i + 1 == arguments_.size() || !guest_.pin) continue;
    runtime_slots_[0] = slots_[i];
    call_in_session(*guest_.pin, runtime_slots_.data());
    pinned_[pins_++] = slots_[i];
  }
  return true;
}

bool Exchange::pass_object(std::size_t index) {
  const bool is_string = guest_.strings && detail::is_text(arguments_[index].type);
  const ObjectText text(arguments_[index].bytes,
                        is_string ? std::u16string_view(wide_[index]) : std::u16string_view(), is_string);
  GuestObject object;
  if (!allocate(text.size(), text.class_id(), object)) return false;
  runtime::note_write(guest_.memory, static_cast<u32>(runtime_slots_[0]), text.size());
  text.write(object.contents);
  slots_[index] = runtime_slots_[0];
  return true;
}

namespace {

[[gnu::cold, gnu::noinline]] Failure too_large(std::uint64_t size) {
  return failure(Phase::call, ErrorCode::invalid_argument,
                 "a text of " + std::to_string(size) + " bytes is too large for an AssemblyScript object");
}

[[gnu::cold, gnu::noinline]] Failure no_allocator() {
  return failure(Phase::call, ErrorCode::protocol,
                 "the plugin exports neither malloc nor __new, so no text can be passed to it "
                 "(AssemblyScript: compile with --exportRuntime)");
}

[[gnu::cold, gnu::noinline]] Failure too_large_result(std::string_view who, std::uint64_t size,
                                                      std::uint64_t limit) {
  return failure(Phase::call, ErrorCode::out_of_resources,
                 base::printable(who, 100) + " returned a text of " + std::to_string(size) +
                     " bytes or more, above the limit of " + std::to_string(limit) +
                     " (PluginOptions::result_limit, --result-limit)");
}

[[gnu::cold, gnu::noinline]] Failure said_no(std::string_view who) {
  return failure(
      Phase::call, ErrorCode::protocol,
      base::printable(who, 100) +
          " returned 0 (false or null), by which the plugin says that it failed; where it did not, "
          "let it return nothing");
}

// It must have taken its arguments for objects of the other class, which AssemblyScript does not check.
[[gnu::cold, gnu::noinline]] Failure of_another_type(std::string_view who, bool is_string) {
  const std::string got = is_string ? "a String" : "an ArrayBuffer";
  const std::string passed = is_string ? "ArrayBuffers, since the plugin exports malloc"
                                       : "Strings, since the plugin exports no malloc";
  const std::string option = is_string ? "string" : "array_buffer";
  const std::string other = is_string ? "array_buffer" : "string";
  return failure(Phase::call, ErrorCode::protocol,
                 base::printable(who, 100) + " returned " + got + ", but its arguments were " + passed +
                     ": say which they are (AssemblyScriptOptions::text_type, --text-type: " + option +
                     ", or " + other + " where the plugin means to return the other type)");
}

[[gnu::cold, gnu::noinline]] Failure no_bytes(std::string_view who) {
  return failure(
      Phase::call, ErrorCode::protocol,
      base::printable(who, 100) + " returned a String where bytes were asked for, which are an ArrayBuffer");
}

[[gnu::cold, gnu::noinline]] Failure not_what_was_asked_for(std::string_view who, const GuestObject& object,
                                                            std::uint64_t size, std::uint32_t class_id) {
  return failure(Phase::call, ErrorCode::protocol,
                 std::string(who) + " returned an object of class " + std::to_string(object.class_id) +
                     " with " + std::to_string(object.size) + " bytes; asked for class " +
                     std::to_string(class_id) + " with " + std::to_string(size) +
                     " bytes (a plugin that is not AssemblyScript's cannot take texts)");
}

}  // namespace

// Has the guest allocate an object of that class. Its room for `size` bytes has been
// checked, and stays until the guest runs.
bool Exchange::allocate(std::uint64_t size, u32 class_id, GuestObject& object) {
  if (size > kMaxObject) return fail(too_large(size));
  const bool by_malloc = class_id == kArrayBufferClass && guest_.malloc;
  if (!by_malloc && !guest_.new_) return fail(no_allocator());
  runtime_slots_ = {size, class_id};
  call_in_session(by_malloc ? *guest_.malloc : *guest_.new_, runtime_slots_.data());
  const std::string_view who = by_malloc ? "malloc"sv : "__new"sv;
  if (!find(runtime_slots_[0], who, object)) return false;
  if (object.class_id == class_id && object.size >= size) [[likely]]
    return true;
  return fail(not_what_was_asked_for(who, object, size, class_id));
}

bool Exchange::find(std::uint64_t slot, std::string_view who, GuestObject& object) {
  const auto pointer = static_cast<u32>(slot);
  const std::span<std::uint8_t> memory = bytes_of(guest_.memory);
  const ObjectFault fault = find_object(memory, pointer, object);
  if (fault == ObjectFault::none) [[likely]]
    return true;
  return fail(describe(fault, object, memory.size(), pointer, base::printable(who, 100) + " returned"));
}

void Exchange::take_result() {
  if (result_.type == detail::PluginType::status) {
    if (function_.returns && static_cast<u32>(slots_[0]) == 0) fail(said_no(function_.name));
  } else if (detail::is_text(result_.type) || detail::is_bytes(result_.type)) {
    take_object();
  } else if (function_.returns) {
    result_.bits = slots_[0];
  }
}

void Exchange::take_object() {
  if (result_.text != nullptr) result_.text->clear();
  if (!function_.returns) return;
  result_.is_null = detail::is_optional(result_.type) && static_cast<u32>(slots_[0]) == 0;
  GuestObject object;
  if (result_.is_null || !find(slots_[0], function_.name, object)) return;
  if (detail::is_text(result_.type)) {
    copy_text_result(object);
  } else {
    copy_bytes_result(object);
  }
}

bool Exchange::allows(std::uint64_t size) {
  return size <= guest_.result_limit || fail(too_large_result(function_.name, size, guest_.result_limit));
}

void Exchange::copy_text_result(const GuestObject& object) {
  const bool is_string = object.class_id == kStringClass;
  if (guest_.strings_are_guessed && is_string != guest_.strings) {
    fail(of_another_type(function_.name, is_string));
    return;
  }
  // Each unit of UTF-16 becomes one byte of UTF-8 at least, and three at most.
  if (!allows(is_string ? object.size / 2 : object.size)) return;
  copy_text(object, *result_.text);
  if (!allows(result_.text->size())) std::string().swap(*result_.text);
}

void Exchange::copy_bytes_result(const GuestObject& object) {
  if (object.class_id != kArrayBufferClass) {
    fail(no_bytes(function_.name));
  } else if (allows(object.size)) {
    const auto* bytes = reinterpret_cast<const std::byte*>(object.contents);
    result_.bytes->assign(bytes, bytes + object.size);
  }
}

void Exchange::unpin() {
  if (!guest_.unpin) return;
  while (pins_ > 0) {
    runtime_slots_[0] = pinned_[--pins_];
    call_in_session(*guest_.unpin, runtime_slots_.data());
  }
}

[[gnu::cold]] bool Exchange::fail(Failure failed) {
  failed_ = std::move(failed);
  return false;
}

}  // namespace tenon::plugin::assemblyscript
