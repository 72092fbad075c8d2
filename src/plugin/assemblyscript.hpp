// The AssemblyScript protocol: how texts go into and come out of a plugin.
//
// An object of AssemblyScript is a pointer to its contents; before them lies a
// header, of which two fields matter here (AssemblyScript book, "Runtime",
// "Memory layout"; little-endian u32):
//
//   pointer - 8   class id: 1 ArrayBuffer, 2 String
//   pointer - 4   byte length of the contents
//
// An ArrayBuffer carries UTF-8, a String UTF-16LE. To pass one in, the host has
// the plugin allocate it: by its own `malloc(size) -> ArrayBuffer` where it
// exports one, else by the runtime's `__new(size, class id)`.
//
// The collector may run in any allocation, and does not see that the host still
// holds the previous argument: `__pin` tells it. A plugin without `__pin` (built
// without --exportRuntime) works, but with the incremental collector a large
// second argument can then free the first one while it is still needed.
//
// The plugin is not trusted. Whatever pointer it returns, from an allocation or
// as a result, is checked with its header against the memory as it is at that
// moment, and what lies there is copied out before the plugin runs again.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <tenon/plugin.hpp>

#include "plugin/guest_object.hpp"
#include "plugin/line_log.hpp"
#include "plugin/text_function.hpp"

namespace tenon::plugin {

class AssemblyScript {
 public:
  // Finds memory and runtime functions among the exports. Errors: protocol (no
  // memory), signature_mismatch (a runtime function of another type).
  [[nodiscard]] static std::expected<AssemblyScript, Error> bind(const Instance& instance,
                                                                 TextType text_type);

  // Passes the texts in, calls the function, and copies its text, empty where
  // it returns nothing, to `result` unless that is null. Errors: as the guest's
  // calls, protocol, invalid_argument (a text too large for the plugin).
  [[nodiscard]] std::expected<void, Error> call(const TextFunction& function,
                                                std::span<const std::string_view> texts, std::string* result);

  // Runs `__collect`, where exported.
  [[nodiscard]] std::expected<void, Error> collect();

  // The error that stopped the guest: it must not run again. Errors that the
  // host found by itself, such as a bad pointer, do not stop it.
  [[nodiscard]] const std::optional<Error>& stopped() const { return stopped_; }
  [[nodiscard]] std::uint64_t memory_size() const { return memory_.size(); }

 private:
  using u32 = std::uint32_t;

  explicit AssemblyScript(const Memory& memory) : memory_(memory) {}

  Failure pass_and_call(const TextFunction& function, std::span<const std::string_view> texts,
                        std::string* result);
  Failure lower(std::string_view text, u32& pointer);
  Failure lower_string(std::string_view text, u32& pointer);
  Failure lower_array_buffer(std::string_view text, u32& pointer);
  Failure allocate(std::uint64_t size, u32 class_id, u32& pointer);
  Failure pin(u32 pointer);
  void unpin(std::span<const std::uint64_t> pointers);
  Failure enter(const Function& function, std::uint64_t* slots);

  Memory memory_;
  bool strings_ = false;
  // Each of the type that AssemblyScript gives it: checked once, in bind.
  std::optional<Function> malloc_;   // (size) -> pointer
  std::optional<Function> new_;      // (size, class id) -> pointer
  std::optional<Function> pin_;      // (pointer) -> pointer
  std::optional<Function> unpin_;    // (pointer)
  std::optional<Function> collect_;  // ()
  std::optional<Error> stopped_;
};

// Defines `env.abort`, `env.trace` and `env.seed`, each where the module
// imports it with AssemblyScript's type.
void add_assemblyscript_imports(Imports& imports, const Module& module, const std::shared_ptr<LineLog>& log);

}  // namespace tenon::plugin
