// Plugins: an instance plus the protocol by which strings and bytes cross.
//
//   auto options = tenon::PluginOptions{}
//       .host_function("custom", "tests", [](std::int32_t i) { return i + 1; });
//   auto plugin = tenon::Plugin::load("optimized.so", options);
//   plugin->init("Some input we have");
//   std::expected<std::string, tenon::Error> out = plugin->execute("/some/test/1", "{}");
//
// A Plugin owns its store. It is used by one thread at a time and may move
// between threads between calls. PluginOptions is a plain value.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tenon/api.hpp>
#include <tenon/assemblyscript.hpp>
#include <tenon/error.hpp>
#include <tenon/host_function.hpp>
#include <tenon/module.hpp>
#include <tenon/store.hpp>

namespace tenon TENON_API {

// Where a line came from.
enum class LogStream : std::uint8_t { standard_output, standard_error, trace };
using LogCallback = std::function<void(LogStream stream, std::string_view line)>;

// Each setter returns the object, so that they can be put one behind the other, also of
// a temporary: Plugin::load(path, PluginOptions{}.memory_limit(1 << 26)).
class PluginOptions {
 public:
  // A callable as HostFunction takes it (tenon/host_function.hpp), which checks its type
  // at compile time.
  template <typename F>
  PluginOptions& host_function(std::string_view module, std::string_view name, F&& callable) {
    return define(module, name, HostFunction(std::forward<F>(callable)));
  }
  PluginOptions& define(std::string_view module, std::string_view name, HostFunction function);
  // All bytes that the plugin can make its store hold (StoreOptions::memory_limit);
  // by default a full 32-bit memory and 256 MiB for tables and the rest.
  PluginOptions& memory_limit(std::uint64_t bytes);
  PluginOptions& table_limit(std::uint64_t elements);  // StoreOptions::table_limit
  PluginOptions& unknown_imports(UnknownImports policy);
  PluginOptions& assemblyscript(AssemblyScriptOptions options);
  // Names of the two exports; defaults "init" and "transform".
  PluginOptions& init_function(std::string name);
  PluginOptions& transform_function(std::string name);
  PluginOptions& argument(std::string value);                       // WASI argv
  PluginOptions& environment(std::string name, std::string value);  // WASI environ
  // Receives each line that the plugin prints, without its newline, as the bytes
  // that they are: they may be anything, also what commands a terminal. Default:
  // lines go to std::clog as "[plugin] line", with all but plain text escaped. What it
  // throws loses the line, and fails the call (host_error) once the guest has ended; the
  // plugin stays usable.
  PluginOptions& log(LogCallback callback);

  struct Values {
    struct Host {
      std::string module, name;
      HostFunction function;
    };
    std::vector<Host> host_functions;
    StoreOptions store;
    UnknownImports unknown_imports = UnknownImports::error;
    AssemblyScriptOptions assemblyscript;
    std::string init_function = "init";
    std::string transform_function = "transform";
    std::vector<std::string> arguments;
    std::vector<std::pair<std::string, std::string>> environment;
    LogCallback log;
  };
  [[nodiscard]] const Values& values() const { return values_; }

 private:
  Values values_;
};

class Plugin {
 public:
  // Loads the artifact, instantiates it, and runs `_start` or `_initialize`
  // once where exported (a status of 0 from proc_exit is success).
  [[nodiscard]] static std::expected<Plugin, Error> load(const std::filesystem::path& path,
                                                         const PluginOptions& options = {});
  [[nodiscard]] static std::expected<Plugin, Error> load(const Module& module,
                                                         const PluginOptions& options = {});
  Plugin(Plugin&&) noexcept;
  Plugin& operator=(Plugin&&) noexcept;
  ~Plugin();

  // Calls the init export with the configuration, once, before the first execute.
  [[nodiscard]] std::expected<void, Error> init(std::string_view config);
  // Calls the transform export. The texts are UTF-8; what is ill-formed in them
  // reaches a `string` plugin as U+FFFD and an ArrayBuffer plugin as it is.
  [[nodiscard]] std::expected<std::string, Error> execute(std::string_view key, std::string_view payload);
  // As above, into a buffer of the caller's: no allocation once it is large enough.
  [[nodiscard]] std::expected<void, Error> execute(std::string_view key, std::string_view payload,
                                                   std::string& result);
  // Any export that takes texts and returns a text or nothing (then: empty).
  [[nodiscard]] std::expected<std::string, Error> call(std::string_view function,
                                                       std::span<const std::string_view> arguments);
  // Runs the plugin's collector now.
  [[nodiscard]] std::expected<void, Error> collect();

  // Bytes of the plugin's memory now.
  [[nodiscard]] std::uint64_t memory_size() const;
  [[nodiscard]] Instance instance() const;

 private:
  struct Impl;
  explicit Plugin(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tenon
