// The ways in and out of guest code, written in the machine's assembly.
#pragma once

#include <cstdint>

#include <tenon/error.hpp>

#include "artifact/abi.hpp"

namespace tenon::runtime {

struct InstanceHead;
struct StoreHead;

extern "C" {
// Calls entry(context, code, slots) in an activation (call/activation.hpp). Returns null,
// or what went wrong, which the caller then owns. An `entry` of the host's may call the
// store's functions by their records' entries; each such call may abandon the host's
// frames, which then must hold nothing that needs a destructor. `instance`, if it is not
// null, is poisoned where the call ends early.
[[nodiscard]] Error* tenon_activate(StoreHead*, artifact::EntryFunction entry, void* context,
                                    const void* code, std::uint64_t* slots, InstanceHead* instance);
// Goes on at the landing pad, with the stack pointer that tenon_activate saved.
[[noreturn]] void tenon_land(void* saved_sp);
[[gnu::visibility("hidden")]] extern const char tenon_activate_end[];
[[gnu::visibility("hidden")]] extern const char tenon_landing_pad[];
// Between these lies what guest code calls. It counts as guest text.
[[gnu::visibility("hidden")]] extern const char tenon_guest_stubs[];
[[gnu::visibility("hidden")]] extern const char tenon_guest_stubs_end[];
// Guest-convention code of a host function that no artifact's thunk serves.
[[gnu::visibility("hidden")]] extern const char tenon_host_thunk[];
}

}  // namespace tenon::runtime
