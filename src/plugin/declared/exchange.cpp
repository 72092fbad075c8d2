#include "plugin/declared/exchange.hpp"

#include <cstring>
#include <exception>
#include <string>
#include <utility>

#include "base/utf8.hpp"
#include "runtime/instance/session.hpp"

namespace tenon::plugin::declared {

using base::Failure;
using detail::PluginType;
using runtime::bytes_of;
using runtime::call_in_session;

namespace {

constexpr std::uint64_t kAlignment = 8;

bool has_bytes(const detail::PluginArgument& argument) {
  return (detail::is_text(argument.type) || detail::is_bytes(argument.type)) && !argument.is_null;
}

// Each text lies at a multiple of eight, and an empty one has an address too.
std::uint64_t room_for(std::string_view bytes) {
  return bytes.empty() ? kAlignment : (bytes.size() + kAlignment - 1) / kAlignment * kAlignment;
}

Error error_of(ErrorCode code, std::string message) {
  return {.phase = Phase::call, .code = code, .message = std::move(message)};
}

[[gnu::cold, gnu::noinline]] Error too_large(std::uint64_t size) {
  return error_of(ErrorCode::invalid_argument, "texts of " + std::to_string(size) +
                                                   " bytes are too large for the plugin's memory of 32 bits");
}

[[gnu::cold, gnu::noinline]] Error too_large_result(std::string_view who, std::uint64_t size,
                                                    std::uint64_t limit) {
  return error_of(ErrorCode::out_of_resources, base::printable(who, 100) + " returned " +
                                                   std::to_string(size) + " bytes, above the limit of " +
                                                   std::to_string(limit) +
                                                   " (PluginOptions::result_limit, --result-limit)");
}

[[gnu::cold, gnu::noinline]] Error said_no(std::string_view who) {
  return error_of(ErrorCode::protocol,
                  base::printable(who, 100) + " returned 0 (false), by which the plugin says that it failed");
}

}  // namespace

Failure Exchange::run() {
  said_.reset();
  return runtime::enter(guest_.instance, [this] { work(); });
}

[[gnu::cold]] Failure Exchange::failure() {
  if (no_memory_) {
    return base::failure(Phase::call, ErrorCode::out_of_resources,
                         "the host has no memory for the result of " + function_.name);
  }
  if (failed_ != nullptr || !said_) return std::move(failed_);
  return base::failure(Phase::call, ErrorCode::guest_error, *std::exchange(said_, std::nullopt));
}

// A call of the guest may trap and leave these frames, so nothing in them may need a
// destructor then. All such things are members, which run()'s caller destroys.
void Exchange::work() {
  try {
    if (!allocate()) return;
    pass();
    call_in_session(function_.function, slots_.data());
    if (!said_) take_result();
  } catch (const std::exception&) {
    no_memory_ = true;  // the error itself needs some: made when this activation has ended
  }
}

// One block for all texts. Its room has been checked, and stays until the guest runs.
bool Exchange::allocate() {
  std::uint64_t size = 0;
  for (const auto& argument : arguments_) size += has_bytes(argument) ? room_for(argument.bytes) : 0;
  if (size == 0) return true;
  if (size > UINT32_MAX) return fail(too_large(size));
  slots_[0] = size;
  call_in_session(guest_.alloc, slots_.data());
  block_ = {.address = static_cast<std::uint32_t>(slots_[0]), .size = static_cast<std::uint32_t>(size)};
  if (block_.is_null())
    return fail(error_of(ErrorCode::out_of_resources,
                         "the plugin has no memory for texts of " + std::to_string(size) + " bytes"));
  const auto memory = bytes_of(guest_.memory);
  return view(memory, block_).has_value() || fail(outside("tenon_alloc returned", block_, memory.size()));
}

void Exchange::pass() {
  if (block_.size > 0) runtime::note_write(guest_.memory, block_.address, block_.size);
  std::uint8_t* const memory = bytes_of(guest_.memory).data();
  std::uint64_t address = block_.address;
  std::uint64_t* slot = slots_.data();
  for (const auto& argument : arguments_) {
    if (!detail::is_text(argument.type) && !detail::is_bytes(argument.type)) {
      *slot++ = argument.bits;
    } else if (argument.is_null) {
      *slot++ = 0;
      *slot++ = 0;
    } else {
      if (!argument.bytes.empty())
        std::memcpy(memory + address, argument.bytes.data(), argument.bytes.size());
      *slot++ = address;
      *slot++ = argument.bytes.size();
      address += room_for(argument.bytes);
    }
  }
}

void Exchange::take_result() {
  if (result_.type == PluginType::status) {
    if (function_.returns && static_cast<std::uint32_t>(slots_[0]) == 0) fail(said_no(function_.name));
  } else if (detail::is_text(result_.type) || detail::is_bytes(result_.type)) {
    if (result_.text != nullptr) result_.text->clear();
    if (function_.returns)
      take_bytes({.address = static_cast<std::uint32_t>(slots_[0] >> 32),
                  .size = static_cast<std::uint32_t>(slots_[0])});
  } else if (function_.returns) {
    result_.bits = slots_[0];
  }
}

void Exchange::take_bytes(Block block) {
  result_.is_null = block.is_null() && detail::is_optional(result_.type);
  if (result_.is_null) return;
  const auto who = [&] { return base::printable(function_.name, 100) + " returned"; };
  if (block.is_null()) {
    fail(null(who()));
    return;
  }
  const auto memory = bytes_of(guest_.memory);
  const auto bytes = view(memory, block);
  if (!bytes) {
    fail(outside(who(), block, memory.size()));
  } else if (bytes->size() > guest_.result_limit) {
    fail(too_large_result(function_.name, bytes->size(), guest_.result_limit));
  } else if (result_.text != nullptr) {
    result_.text->assign(*bytes);
  } else {
    const auto* first = reinterpret_cast<const std::byte*>(bytes->data());
    result_.bytes->assign(first, first + bytes->size());
  }
}

[[gnu::cold]] bool Exchange::fail(Error error) {
  failed_ = std::make_unique<Error>(std::move(error));
  return false;
}

}  // namespace tenon::plugin::declared
