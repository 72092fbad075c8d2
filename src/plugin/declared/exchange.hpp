// One call of a declared function, from the block of its texts to its result, in one session
// (runtime/instance/session.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/error.hpp"
#include "plugin/declared/declared.hpp"

namespace tenon::plugin::declared {

struct Guest {
  Instance instance;
  Memory memory;
  Function alloc;              // tenon_alloc
  std::uint64_t result_limit;  // bytes
};

class Exchange {
 public:
  // Everything that is referred to must live until run() has returned.
  Exchange(const Guest& guest, const Entry& function, std::span<const detail::PluginArgument> arguments,
           detail::PluginResult& result, std::optional<std::string>& said)
      : guest_(guest), function_(function), arguments_(arguments), result_(result), said_(said) {}

  // To be called once. Returns the error that stopped the guest, or null.
  [[nodiscard]] base::Failure run();
  // What the host found wrong or lacked, or what the plugin said; null for nothing.
  [[nodiscard]] base::Failure take_failure() {
    return no_memory_ || failed_ != nullptr || said_ ? failure() : nullptr;
  }

 private:
  [[nodiscard]] base::Failure failure();
  void work();
  bool allocate();
  void pass();
  void take_result();
  void take_bytes(Block block);
  bool fail(Error error);

  const Guest& guest_;
  const Entry& function_;
  const std::span<const detail::PluginArgument> arguments_;
  detail::PluginResult& result_;
  std::optional<std::string>& said_;
  base::Failure failed_;
  bool no_memory_ = false;
  Block block_;
  std::array<std::uint64_t, 2 * detail::kMaxPluginParameters> slots_;
};

}  // namespace tenon::plugin::declared
