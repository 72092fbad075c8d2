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
#include <vector>

#include <tenon/plugin.hpp>

#include "plugin/collection.hpp"
#include "plugin/exchange.hpp"
#include "plugin/line_log.hpp"
#include "plugin/text_function.hpp"

namespace tenon::plugin {

class AssemblyScript {
 public:
  // Finds memory and runtime functions among the exports. Errors: protocol (no
  // memory), signature_mismatch (a runtime function of another type).
  [[nodiscard]] static std::expected<AssemblyScript, Error> bind(const Instance& instance, TextType text_type,
                                                                 CollectPolicy policy);

  // Passes the texts in, calls the function, copies its text, empty where it
  // returns nothing, to `result` unless that is null, and collects where the
  // policy says so. Errors: as the guest's calls, protocol, invalid_argument (a
  // text too large for the plugin).
  [[nodiscard]] std::expected<void, Error> call(const TextFunction& function,
                                                std::span<const std::string_view> texts, std::string* result);

  // Runs `__collect`, where exported.
  [[nodiscard]] std::expected<void, Error> collect();

  // The error that stopped the guest: it must not run again. Errors that the
  // host found by itself, such as a bad pointer, do not stop it.
  [[nodiscard]] const std::optional<Error>& stopped() const { return stopped_; }
  [[nodiscard]] std::uint64_t memory_size() const { return exports_.memory.size(); }

 private:
  AssemblyScript(const AssemblyScriptExports& exports, CollectPolicy policy)
      : exports_(exports), collection_(policy, exports.memory.size()) {}

  AssemblyScriptExports exports_;
  Collection collection_;
  std::optional<Error> stopped_;
  std::vector<std::u16string> wide_texts_;  // of the call; kept for its room
};

// Provides `env.abort`, `env.trace` and `env.seed`, each where the module
// imports it with AssemblyScript's type.
void add_assemblyscript_imports(Imports& imports, const std::shared_ptr<LineLog>& log);
// Says what to do where an import is missing for want of a library of AssemblyScript's.
[[nodiscard]] Error with_advice_on_imports(Error error, const Module& module);

}  // namespace tenon::plugin
