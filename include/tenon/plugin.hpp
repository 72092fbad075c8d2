// Plugins: an instance plus the protocol by which strings and bytes cross. The usual way
// into Tenon; tenon/store.hpp is the layer below, with WebAssembly's own words.
//
//   auto options = tenon::PluginOptions{}
//       .memory_limit(64 << 20)
//       .host_function("custom", "tests", [](std::int32_t i) { return i + 1; });
//   auto plugin = tenon::Plugin::load("optimized.so", options);
//   if (!plugin) return fail(plugin.error());
//   if (auto done = plugin->init("Some input we have"); !done) return fail(done.error());
//   std::expected<std::string, tenon::Error> out = plugin->execute("/some/test/1", "{}");
//
// A Plugin owns its store. It is used by one thread at a time and may move to another
// thread between calls; for several threads load one plugin for each, from one Module,
// whose code they share. PluginOptions is a plain value.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <tenon/api.hpp>
#include <tenon/assemblyscript.hpp>
#include <tenon/detail/batch.hpp>
#include <tenon/detail/plugin_host_function.hpp>
#include <tenon/detail/plugin_value.hpp>
#include <tenon/error.hpp>
#include <tenon/host_function.hpp>
#include <tenon/interrupt.hpp>
#include <tenon/module.hpp>
#include <tenon/store.hpp>
#include <tenon/trust.hpp>
#include <tenon/wasi.hpp>

namespace tenon TENON_API {

// Where a line came from: the two streams of WASI, AssemblyScript's trace(), or Tenon itself,
// which warns of what is most likely a mistake. No guest can write a warning.
enum class LogStream : std::uint8_t { standard_output, standard_error, trace, warning };
// What receives the lines. Called during a call of the plugin, on that call's thread; `line`
// is valid until it returns, has no newline, and has 64 KiB at most: longer lines come in
// pieces.
using LogCallback = std::function<void(LogStream stream, std::string_view line)>;

// What a call finds of the calls before it.
enum class Isolation : std::uint8_t {
  // All calls work on the same state: a plugin may remember one call in the next, and is dead
  // once it stopped.
  shared_state,
  // Each call starts from the state after init, or after loading where there was no init, and
  // what it changes is gone before the next: memory, globals, tables, open descriptors (what it
  // wrote to files stays). So a
  // trap, a timeout or any other error costs that call alone. The plugin's collector never
  // needs to run, and does not. What the plugin draws on inside itself starts anew as well: a
  // random generator of its own gives the same numbers in each call. docs/isolation.md says
  // what this costs; compile with --resettable for it.
  fresh_each_call,
};

// How to load a plugin, and what it may have. Loading copies what it needs: the options
// may go as soon as the plugin is there, and one object may serve many plugins. None of
// the setters fails; what does not fit the plugin shows when it is loaded.
//
// Each setter returns the object, so that they can be put one behind the other, also of
// a temporary: Plugin::load(path, PluginOptions{}.memory_limit(1 << 26)).
class PluginOptions {
 public:
  // Gives the plugin a host function for its import of these two names. With numbers only it is
  // a callable as HostFunction takes it (tenon/host_function.hpp). It may also take and give
  // what a PluginFunction does (tenon/plugin_function.hpp), texts, bytes and bool among them:
  //
  //   options.host_function("app", "get_config", [&](std::string_view key) -> std::optional<std::string> {
  //     const auto found = config.find(std::string(key));
  //     return found == config.end() ? std::nullopt : std::optional(found->second);
  //   });
  //
  // Its texts and bytes are copies that live until it returns, each of result_limit bytes at
  // most; what it gives is copied into memory that the plugin allocates. The protocol decides the
  // type of the import; loading fails with incompatible_import, phase link, where the plugin's
  // differs, and with protocol where it speaks none. A pointer that is none of a text stops the
  // plugin (protocol). Types are checked at compile time.
  //
  // It goes before what Tenon itself defines (WASI, AssemblyScript's env), and a later one
  // before an earlier one. Used by several plugins on several threads, it must be
  // thread-safe. It must not call the plugin that called it (ErrorCode::invalid_argument).
  // Names that the plugin does not import are one warning in its log, as it is loaded.
  template <typename F>
  PluginOptions& host_function(std::string_view module, std::string_view name, F&& callable) {
    if constexpr (detail::has_texts<std::decay_t<F>>()) {
      return define_texts(module, name,
                          detail::plugin_host_function<std::decay_t<F>>(std::forward<F>(callable)));
    } else {
      return define(module, name, HostFunction(std::forward<F>(callable)));
    }
  }
  // The same with a HostFunction that is there already, such as one whose type is known only
  // at run time.
  PluginOptions& define(std::string_view module, std::string_view name, HostFunction function);
  // All bytes that the plugin can make its store hold (StoreOptions::memory_limit);
  // by default a full 32-bit memory and 256 MiB for tables and the rest.
  PluginOptions& memory_limit(std::uint64_t bytes);
  PluginOptions& table_limit(std::uint64_t elements);  // StoreOptions::table_limit
  // Bytes of stack: StoreOptions::stack_limit, and StoreOptions::host_stack_reserve.
  PluginOptions& stack_limit(std::size_t bytes);
  PluginOptions& host_stack_reserve(std::size_t bytes);
  // Whether a plugin that stopped refuses further calls (StoreOptions::poison_after_trap).
  PluginOptions& poison_after_trap(bool yes = true);
  // The bytes of a result, as the host gets it; by default 64 MiB. A larger one is
  // out_of_resources, and the plugin stays usable. What the plugin itself holds is
  // memory_limit's affair.
  PluginOptions& result_limit(std::uint64_t bytes);
  // The bytes of all lines, newlines included, that one call, or loading, may log; by default
  // 1 MiB. The lines beyond it are dropped, the plugin goes on, and when the call ends one
  // warning says how many bytes they were. Calls by way of instance() count with the call before.
  PluginOptions& log_limit(std::uint64_t bytes);
  // How long each call may take, loading included (StoreOptions::timeout). By default any time.
  PluginOptions& timeout(std::chrono::nanoseconds limit);
  // How much the plugin may execute in each call: loading with its start functions, init,
  // execute, call and collect each begin with this much (StoreOptions::fuel). The artifact has
  // to be compiled with --metering. Calls by way of Plugin::instance go on with what is left.
  PluginOptions& fuel_for_each_call(std::uint64_t fuel);
  // Plugin::interrupt_handle can be used (StoreOptions::interruptible).
  PluginOptions& interruptible(bool yes = true);
  // What a call finds of the calls before it. By default Isolation::shared_state.
  PluginOptions& isolation(Isolation isolation);
  // Load only artifacts that one of these keys signed (LoadOptions::trusted_keys), by path and
  // by Reloadable. A Module or Snapshot that is there already has to be of an artifact that was
  // loaded so, with one of these keys: a Pool is given a Module. ErrorCode::untrusted otherwise.
  PluginOptions& trusted_keys(std::vector<PublicKey> keys);
  // A file with the artifact's signature (LoadOptions::signature).
  PluginOptions& signature(std::filesystem::path path);
  // What becomes of imports that nobody defines; by default loading fails and names them.
  PluginOptions& unknown_imports(UnknownImports policy);
  // When the plugin's collector runs, and what its texts are (tenon/assemblyscript.hpp).
  PluginOptions& assemblyscript(AssemblyScriptOptions options);
  // Names of the two exports; defaults "init" and "transform". Loading checks an export that is
  // named here, and fails where the plugin has none of that name and type (errors as of the
  // call, phase instantiate). The defaults may be missing until somebody calls them: not
  // every plugin has both.
  PluginOptions& init_function(std::string name);
  PluginOptions& transform_function(std::string name);
  // One more entry of WASI's argv (the first is by convention the program's name) or environ.
  // By default both are empty: the host's own are never passed on.
  PluginOptions& argument(std::string value);
  PluginOptions& environment(std::string name, std::string value);
  // Gives the plugin a directory of the host's, and what is below; by default it has none. As
  // WasiOptions::preopen (tenon/wasi.hpp), which says more. One that cannot be opened
  // is an error of loading (invalid_argument, phase link).
  PluginOptions& preopen(std::filesystem::path host_directory, std::string guest_name,
                         DirectoryAccess access = DirectoryAccess::read_only);
  // Receives each line that the plugin prints, without its newline, as the bytes that it
  // has: they may be anything, also what commands a terminal. A line without an end comes
  // when the call ends. Default: lines go to std::clog as "[plugin] line", and warnings as
  // "[tenon] line", with all but plain text escaped. An exception that it throws loses the line, and fails the call
  // (host_error) once the guest has returned; the plugin stays usable.
  PluginOptions& log(LogCallback callback);

  // All that was set, for code that loads plugins in its own way. The reference is valid
  // while the options live.
  struct Values {
    struct Host {
      std::string module, name;
      std::variant<HostFunction, detail::PluginHostFunction> function;
    };
    std::vector<Host> host_functions;
    LoadOptions load;
    StoreOptions store;
    Isolation isolation = Isolation::shared_state;
    std::optional<std::uint64_t> fuel_for_each_call;
    UnknownImports unknown_imports = UnknownImports::error;
    AssemblyScriptOptions assemblyscript;
    std::uint64_t result_limit = std::uint64_t{64} << 20;
    std::uint64_t log_limit = std::uint64_t{1} << 20;
    std::string init_function = "init";
    std::string transform_function = "transform";
    bool init_is_required = false;  // named by a setter, and so checked by loading
    bool transform_is_required = false;
    std::vector<std::string> arguments;
    std::vector<std::pair<std::string, std::string>> environment;
    std::vector<WasiOptions::Preopen> preopens;
    LogCallback log;
  };
  [[nodiscard]] const Values& values() const { return values_; }

 private:
  PluginOptions& define_texts(std::string_view module, std::string_view name,
                              detail::PluginHostFunction function);
  Values values_;
};

template <typename Signature>
class PluginFunction;  // in tenon/plugin_function.hpp

// One loaded plugin. All its calls work on the same instance; whether on the same state,
// PluginOptions::isolation says.
//
// Errors of every call, in phase call unless said otherwise:
// - The guest stopped before it was done: trap, guest_abort, exit, uncaught_exception,
//   out_of_fuel, host_error (a host function threw), or what a host function returned. The plugin is
//   then dead, and each further call gives `poisoned`. Load it again; with a Module that is
//   loaded already this takes microseconds. With Isolation::fresh_each_call it stays usable. A
//   plugin that executed `unreachable` since its last
//   growth was refused has stopped for want of memory, or of elements of a table:
//   out_of_resources, with the limit. After any other error the message says so, too.
// - The plugin stays usable: invalid_argument, where a host function called the plugin that
//   called it; host_error, where the log callback threw; out_of_resources, where a result is
//   larger than result_limit, or the host had no memory for the texts, or for the stack that
//   the thread's first call needs.
class Plugin {
 public:
  // Loads the artifact, instantiates it, and runs `_initialize` or else `_start` once, where
  // exported (a status of 0 from proc_exit is success). Errors: as Module::load (phase load),
  // as Store::instantiate (link, instantiate), and those of a call. A plugin without the
  // exports for texts, init or transform is no error here, unless the options name the
  // latter two: the call that needs them fails.
  [[nodiscard]] static std::expected<Plugin, Error> load(const std::filesystem::path& path,
                                                         const PluginOptions& options = {});
  [[nodiscard]] static std::expected<Plugin, Error> load(const Module& module,
                                                         const PluginOptions& options = {});
  // The same in the state of a snapshot, such as instance().snapshot() of a plugin that has had
  // its init: nothing of the guest runs, and it takes microseconds. Errors: as
  // Store::instantiate, and where the isolation is fresh_each_call as Instance::snapshot.
  [[nodiscard]] static std::expected<Plugin, Error> load(const Snapshot& snapshot,
                                                         const PluginOptions& options = {});
  // Handles of instance() stay valid. One that was moved from can only be destroyed or
  // assigned to.
  Plugin(Plugin&&) noexcept;
  Plugin& operator=(Plugin&&) noexcept;
  // A host function may destroy the plugin that called it, and so may assigning: the call goes
  // on to its end, and what the plugin held is freed then; in a call that came by instance(),
  // never, as with a Store. Precondition: no other thread is in a call of it.
  ~Plugin();

  // Calls the init export with the configuration. Do so once, before the first execute; Tenon
  // does not enforce it. It returns nothing, or an i32: 0, which is also false and null, says
  // that it failed (protocol; the plugin stays usable), and anything else that it did not. With
  // Isolation::fresh_each_call, later calls start from the state that it leaves; one that fails
  // leaves nothing. Errors: as execute.
  [[nodiscard]] std::expected<void, Error> init(std::string_view config);
  // Calls the transform export. The texts are UTF-8 of any length up to an object of the
  // plugin's (1 GiB); what is ill-formed in them reaches a `string` plugin as U+FFFD and an
  // ArrayBuffer plugin as it is. They are copied in, and the result is a copy.
  // Errors: unknown_export and signature_mismatch, where the plugin has no such function, or one
  // that returns no text; protocol, where it gives a pointer to something else than a text, or
  // a text of another type than it was given (TextType::automatic); invalid_argument, a
  // text that is too large. A plugin that takes no texts at all gives what its exports lack:
  // protocol or signature_mismatch, phase instantiate. After these it stays usable.
  [[nodiscard]] std::expected<std::string, Error> execute(std::string_view key, std::string_view payload);
  // As above, into a buffer of the caller's: no allocation once it is large enough. After an
  // error it may hold anything.
  [[nodiscard]] std::expected<void, Error> execute(std::string_view key, std::string_view payload,
                                                   std::string& result);
  // Any export that takes texts, 16 at most, and returns a text or nothing (then: empty).
  // Looked up by name each time. Errors: as execute.
  [[nodiscard]] std::expected<std::string, Error> call(std::string_view function,
                                                       std::span<const std::string_view> arguments);
  // An export with C++ types, checked here once (tenon/plugin_function.hpp, which has to be
  // included). Errors: unknown_export; signature_mismatch, where it is of another type; where the
  // plugin takes no texts, as execute.
  template <typename Signature>
  [[nodiscard]] std::expected<PluginFunction<Signature>, Error> function(std::string_view name) const;
  // Runs the plugin's collector now; does nothing where it exports none. Errors: as execute,
  // where the plugin takes no texts.
  [[nodiscard]] std::expected<void, Error> collect();

  // For other threads, to end the call that runs. Errors: invalid_argument, where the plugin
  // was loaded with neither PluginOptions::interruptible nor a timeout.
  [[nodiscard]] std::expected<InterruptHandle, Error> interrupt_handle() const;

  // As Store::fuel and Store::set_fuel. A host function that the plugin called may use them, too;
  // between calls, PluginOptions::fuel_for_each_call overrides what was set.
  [[nodiscard]] std::uint64_t fuel() const;
  [[nodiscard]] std::expected<void, Error> set_fuel(std::uint64_t fuel);

  // Runs work(), whose calls of the plugin share one deadline, as Store::with_deadline:
  //
  //   auto done = plugin->with_deadline(50ms, [&]() -> std::expected<void, tenon::Error> {
  //     for (const auto& [key, payload] : batch) {
  //       auto result = plugin->execute(key, payload);
  //       if (!result) return std::unexpected(result.error());
  //     }
  //     return {};
  //   });
  template <typename Work>
  [[nodiscard]] detail::BatchResult<Work> with_deadline(std::chrono::nanoseconds limit, Work&& work) {
    return detail::run_batch(store(), limit, std::forward<Work>(work));
  }

  // Whether it refuses further calls, since one was stopped: what an error's code alone does
  // not say (ErrorCode::host_error may come from the log callback, timeout from a batch). Never with
  // Isolation::fresh_each_call.
  [[nodiscard]] bool stopped() const;
  // Bytes of the memory through which texts go, now; 0 where the plugin takes none.
  [[nodiscard]] std::uint64_t memory_size() const;
  // What is below: its exports by name, with numbers and raw memory. Valid while the plugin
  // lives. A call of its functions that stops the guest stops the plugin; none of them passes on
  // an unfinished line of the log, or runs the collector.
  [[nodiscard]] Instance instance() const;

 private:
  struct Impl;
  struct Destroy {
    void operator()(Impl* impl) const noexcept;
  };
  template <typename Signature>
  friend class PluginFunction;
  [[nodiscard]] runtime::StoreImpl* store() const;
  [[nodiscard]] std::expected<std::shared_ptr<const plugin::Entry>, Error> find_entry(
      std::string_view name, const detail::PluginSignature& signature) const;
  [[nodiscard]] static std::expected<void, Error> call_entry(
      Impl& plugin, const plugin::Entry& entry, std::span<const detail::PluginArgument> arguments,
      detail::PluginResult& result);
  explicit Plugin(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl, Destroy> impl_;
};

}  // namespace tenon
