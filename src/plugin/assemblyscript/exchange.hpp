// One call of a text function, from the first allocation of an argument to the
// collector, in one session (runtime/instance/session.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <tenon/store.hpp>

#include "base/error.hpp"
#include "plugin/assemblyscript/guest_object.hpp"
#include "plugin/protocol.hpp"

namespace tenon::plugin::assemblyscript {

// A plugin that the protocol is bound to: its exports of artifact::AssemblyScriptExports.
// Calls do not check types again; binding did.
struct Guest {
  Instance instance;
  Memory memory;
  bool strings;                // texts are String, not ArrayBuffer
  bool strings_are_guessed;    // from its exports (TextType::automatic)
  std::uint64_t result_limit;  // bytes
  std::optional<Function> malloc;
  std::optional<Function> new_;
  std::optional<Function> pin;
  std::optional<Function> unpin;
  std::optional<Function> collect;
};

class Collection;

class Exchange {
 public:
  // `wide` has the texts in UTF-16 where the plugin takes strings, empty for those that
  // are ASCII. Everything that is referred to must live until run() has returned.
  Exchange(const Guest& guest, Collection& collection, const Entry& function,
           std::span<const detail::PluginArgument> arguments, std::span<const std::u16string> wide,
           detail::PluginResult& result)
      : guest_(guest),
        collection_(collection),
        function_(function),
        arguments_(arguments),
        wide_(wide),
        result_(result) {}

  // To be called once. Returns the error that stopped the guest, or null.
  [[nodiscard]] base::Failure run();
  // What the host found wrong (such as a bad pointer) or lacked; null for nothing. It may
  // have happened before the guest was stopped.
  [[nodiscard]] base::Failure take_failure() { return no_memory_ ? no_memory() : std::move(failed_); }

 private:
  using u32 = std::uint32_t;

  [[nodiscard]] base::Failure no_memory() const;
  void work();
  bool pass_arguments();
  bool pass_object(std::size_t index);
  bool allocate(std::uint64_t size, u32 class_id, GuestObject& object);
  bool find(std::uint64_t slot, std::string_view who, GuestObject& object);
  void take_result();
  void take_object();
  void copy_text_result(const GuestObject& object);
  void copy_bytes_result(const GuestObject& object);
  [[nodiscard]] bool allows(std::uint64_t size);
  void unpin();
  bool fail(base::Failure failed);

  const Guest& guest_;
  Collection& collection_;
  const Entry& function_;
  const std::span<const detail::PluginArgument> arguments_;
  const std::span<const std::u16string> wide_;
  detail::PluginResult& result_;
  base::Failure failed_;
  bool no_memory_ = false;
  std::size_t pins_ = 0;
  // The arguments, then the result, of the text function.
  std::array<std::uint64_t, detail::kMaxPluginParameters> slots_;
  std::array<std::uint64_t, detail::kMaxPluginParameters> pinned_;
  std::array<std::uint64_t, 2> runtime_slots_;  // and of the functions of AssemblyScript's runtime
};

}  // namespace tenon::plugin::assemblyscript
