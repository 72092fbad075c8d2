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
#include <tenon/error.hpp>
#include <tenon/host_function.hpp>
#include <tenon/module.hpp>
#include <tenon/store.hpp>

namespace tenon TENON_API {

// When the plugin's own garbage collector runs (AssemblyScript's __collect; a
// plugin that does not export it is fine, and then nothing is done).
struct CollectPolicy {
  enum class Kind : std::uint8_t { every, on_growth, never } kind = Kind::every;
  std::uint32_t calls = 1;  // every: after each `calls` calls
  static CollectPolicy every(std::uint32_t calls = 1) { return {Kind::every, calls}; }
  // After a call in which the plugin's memory grew.
  static CollectPolicy on_growth() { return {Kind::on_growth, 1}; }
  static CollectPolicy never() { return {Kind::never, 1}; }
};

// How arguments and results are passed to an AssemblyScript plugin.
enum class TextType : std::uint8_t {
  automatic,     // ArrayBuffer where the plugin exports `malloc`, else string
  array_buffer,  // UTF-8 bytes in an ArrayBuffer
  string,        // an AssemblyScript string: UTF-16LE
};

// Where a line came from.
enum class LogStream : std::uint8_t { standard_output, standard_error, trace };
using LogCallback = std::function<void(LogStream stream, std::string_view line)>;

class PluginOptions {
 public:
  template <typename F>
  PluginOptions& host_function(std::string_view module, std::string_view name, F&& callable) & {
    return define(module, name, HostFunction(std::forward<F>(callable)));
  }
  template <typename F>
  PluginOptions&& host_function(std::string_view module, std::string_view name, F&& callable) && {
    return std::move(host_function(module, name, std::forward<F>(callable)));
  }
  PluginOptions& define(std::string_view module, std::string_view name, HostFunction function) &;
  // All bytes that the plugin can make its store hold (StoreOptions::memory_limit);
  // by default a full 32-bit memory and 256 MiB for tables and the rest.
  PluginOptions& memory_limit(std::uint64_t bytes) &;
  PluginOptions& table_limit(std::uint64_t elements) &;  // StoreOptions::table_limit
  PluginOptions& unknown_imports(UnknownImports policy) &;
  PluginOptions& collect(CollectPolicy policy) &;
  PluginOptions& text_type(TextType type) &;
  // Names of the two exports; defaults "init" and "transform".
  PluginOptions& init_function(std::string name) &;
  PluginOptions& transform_function(std::string name) &;
  PluginOptions& argument(std::string value) &;                       // WASI argv
  PluginOptions& environment(std::string name, std::string value) &;  // WASI environ
  // Receives each line that the plugin prints, without its newline, as the bytes
  // that they are: they may be anything, also what commands a terminal. Default:
  // lines go to std::clog as "[plugin] line", with all but plain text escaped.
  PluginOptions& log(LogCallback callback) &;

  PluginOptions&& define(std::string_view m, std::string_view n, HostFunction f) && {
    return std::move(define(m, n, std::move(f)));
  }
  PluginOptions&& memory_limit(std::uint64_t bytes) && { return std::move(memory_limit(bytes)); }
  PluginOptions&& table_limit(std::uint64_t elements) && { return std::move(table_limit(elements)); }
  PluginOptions&& unknown_imports(UnknownImports policy) && { return std::move(unknown_imports(policy)); }
  PluginOptions&& collect(CollectPolicy policy) && { return std::move(collect(policy)); }
  PluginOptions&& text_type(TextType type) && { return std::move(text_type(type)); }
  PluginOptions&& init_function(std::string name) && { return std::move(init_function(std::move(name))); }
  PluginOptions&& transform_function(std::string name) && {
    return std::move(transform_function(std::move(name)));
  }
  PluginOptions&& argument(std::string value) && { return std::move(argument(std::move(value))); }
  PluginOptions&& environment(std::string n, std::string v) && {
    return std::move(environment(std::move(n), std::move(v)));
  }
  PluginOptions&& log(LogCallback callback) && { return std::move(log(std::move(callback))); }

  struct Values {
    struct Host {
      std::string module, name;
      HostFunction function;
    };
    std::vector<Host> host_functions;
    StoreOptions store;
    UnknownImports unknown_imports = UnknownImports::error;
    CollectPolicy collect;
    TextType text_type = TextType::automatic;
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
