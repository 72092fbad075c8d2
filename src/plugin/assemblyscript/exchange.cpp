#include "plugin/assemblyscript/exchange.hpp"

#include <cstring>
#include <exception>
#include <utility>

#include "plugin/assemblyscript/collection.hpp"
#include "runtime/instance/session.hpp"

namespace tenon::plugin::assemblyscript {

using namespace std::string_view_literals;
using base::failure;
using base::Failure;
using runtime::bytes_of;
using runtime::call_in_session;

namespace {

// AssemblyScript's own limit of an object (std/assembly/rt/common.ts,
// OBJECT_MAXSIZE): 1 GiB without the headers.
constexpr std::uint64_t kMaxObject = (std::uint64_t{1} << 30) - 32;

// UTF-16LE from ASCII.
void widen(std::string_view text, std::uint8_t* out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    out[2 * i] = static_cast<std::uint8_t>(text[i]);
    out[2 * i + 1] = 0;
  }
}

}  // namespace

Failure Exchange::run() {
  return runtime::enter(guest_.instance, [this] { work(); });
}

Failure Exchange::take_failure() {
  if (no_memory_) {
    return failure(Phase::call, ErrorCode::out_of_resources,
                   "the host has no memory for the texts of a call of " + function_.name);
  }
  return std::move(failed_);
}

// A call of the guest may trap and leave these frames, so nothing in them may need a
// destructor then. All such things are members, which run()'s caller destroys, or are gone
// before the guest is called again.
void Exchange::work() {
  try {
    if (pass_texts()) {
      call_in_session(function_.function, slots_.data());
      if (result_ != nullptr) copy_result();
    }
  } catch (const std::exception&) {
    no_memory_ = true;  // the error itself needs some: made when this activation has ended
  }
  unpin();
  if (failed_ != nullptr || no_memory_ || !collection_.is_due(bytes_of(guest_.memory).size())) return;
  if (guest_.collect) call_in_session(*guest_.collect, runtime_slots_.data());
  collection_.ran(bytes_of(guest_.memory).size());
}

bool Exchange::pass_texts() {
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    if (!pass(i)) return false;
    // No allocation follows the last argument, so it needs no pin.
    if (i + 1 == texts_.size() || !guest_.pin) continue;
    runtime_slots_[0] = slots_[i];
    call_in_session(*guest_.pin, runtime_slots_.data());
    pinned_[pins_++] = slots_[i];
  }
  return true;
}

bool Exchange::pass(std::size_t index) {
  const std::string_view text = texts_[index];
  const bool is_wide = guest_.strings && !wide_[index].empty();
  const std::uint64_t units = is_wide ? wide_[index].size() : text.size();
  GuestObject object;
  if (!allocate(guest_.strings ? 2 * units : units, guest_.strings ? kStringClass : kArrayBufferClass,
                object))
    return false;
  runtime::note_write(guest_.memory, static_cast<u32>(runtime_slots_[0]), guest_.strings ? 2 * units : units);
  if (is_wide) {
    std::memcpy(object.contents, wide_[index].data(), 2 * units);
  } else if (guest_.strings) {
    widen(text, object.contents);
  } else if (!text.empty()) {
    std::memcpy(object.contents, text.data(), text.size());
  }
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

[[gnu::cold, gnu::noinline]] Failure not_what_was_asked_for(std::string_view who, const GuestObject& object,
                                                            std::uint64_t size, std::uint32_t class_id) {
  return failure(Phase::call, ErrorCode::protocol,
                 std::string(who) + " returned an object of class " + std::to_string(object.class_id) +
                     " with " + std::to_string(object.size) + " bytes; asked for class " +
                     std::to_string(class_id) + " with " + std::to_string(size) + " bytes");
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
  return fail(describe(fault, object, memory.size(), pointer, who));
}

void Exchange::copy_result() {
  result_->clear();
  GuestObject object;
  if (function_.returns && find(slots_[0], function_.name, object)) copy_text(object, *result_);
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
