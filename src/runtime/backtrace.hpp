// Guest program counters as frames that people can read.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <tenon/error.hpp>

namespace tenon::runtime {

class StoreImpl;

// Frames of the functions of the store's modules, in the order given. Program
// counters in thunks and trampolines belong to no function and are left out.
[[nodiscard]] std::vector<Frame> describe_frames(const StoreImpl& store, std::span<const std::uintptr_t> pcs);

}  // namespace tenon::runtime
