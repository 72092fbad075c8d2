// Plugin: one instance in a store of its own, its log, and the protocol.
#include <tenon/plugin.hpp>

#include <array>
#include <utility>

#include <tenon/wasi.hpp>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"
#include "plugin/assemblyscript.hpp"
#include "plugin/line_log.hpp"
#include "plugin/text_function.hpp"
#include "runtime/instance/store_impl.hpp"

namespace tenon {
namespace {

using plugin::AssemblyScript;
using plugin::LineLog;
using plugin::TextFunction;

std::function<void(std::span<const std::uint8_t>)> writer(std::shared_ptr<LineLog> log, LogStream stream) {
  return [log = std::move(log), stream](std::span<const std::uint8_t> bytes) {
    log->write(stream, base::as_text(bytes));
  };
}

// The user's definitions go before what ours provide.
Imports make_imports(const PluginOptions::Values& options, const std::shared_ptr<LineLog>& log) {
  Imports imports;
  WasiOptions wasi;
  wasi.arguments = options.arguments;
  wasi.environment_variables = options.environment;
  wasi.standard_output = writer(log, LogStream::standard_output);
  wasi.standard_error = writer(log, LogStream::standard_error);
  add_wasi(imports, std::move(wasi));
  plugin::add_assemblyscript_imports(imports, log);
  for (const auto& host : options.host_functions) imports.define(host.module, host.name, host.function);
  imports.unknown(options.unknown_imports);
  return imports;
}

// A reactor's `_initialize`, or a command's `_start`, which may end in
// proc_exit(0) and is then as good as returned.
std::expected<void, Error> start(const Instance& instance) {
  for (const std::string_view name : {"_initialize", "_start"}) {
    if (!instance.find_export(name)) continue;
    const auto function = instance.function<void()>(name);
    if (!function) return std::unexpected(function.error());
    auto done = (*function)();
    if (!done && done.error().exit_status != 0) return done;
    return {};
  }
  return {};
}

// Guests, AssemblyScript's WASI shim among them, print why they give up and then
// exit: that line belongs into the error.
Error with_last_words(Error error, const LineLog& log) {
  if (error.code == ErrorCode::exit && !log.last_error_line().empty()) {
    error.message += ": " + base::printable(log.last_error_line(), 1000);
  }
  return error;
}

// True while a call runs.
class Running {
 public:
  explicit Running(bool& flag) : flag_(flag) { flag_ = true; }
  ~Running() { flag_ = false; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  bool& flag_;
};

}  // namespace

struct Plugin::Impl {
  using Entry = std::expected<TextFunction, Error>;

  static std::expected<std::unique_ptr<Impl>, Error> make(const Module& module, const PluginOptions& options);
  std::expected<void, Error> call(const Entry& function, std::span<const std::string_view> texts,
                                  std::string* result);
  std::unexpected<Error> refuse() const;
  template <typename Work>
  std::expected<void, Error> run(Work&& work);

  Impl(Store store_made, const Instance& instance_made, AssemblyScript bound,
       const PluginOptions::Values& options, std::shared_ptr<LineLog> log_made)
      : log(std::move(log_made)),
        store(std::move(store_made)),
        instance(instance_made),
        guest(std::move(bound)),
        init(TextFunction::find(instance, options.init_function, 1)),
        transform(TextFunction::find(instance, options.transform_function, 2)) {}

  std::shared_ptr<LineLog> log;
  Store store;
  Instance instance;
  AssemblyScript guest;
  // Found once, at load; an error is kept until somebody calls the function.
  Entry init;
  Entry transform;
  bool running = false;
};

std::expected<std::unique_ptr<Plugin::Impl>, Error> Plugin::Impl::make(const Module& module,
                                                                       const PluginOptions& options) {
  const auto& values = options.values();
  // The plugin keeps its own account of a guest that stopped: the store's would
  // also refuse one whose `_start` ended in proc_exit(0).
  StoreOptions store_options = values.store;
  store_options.poison_after_trap = false;
  Store store(store_options);
  auto log = std::make_shared<LineLog>(values.log, store.impl()->budget());
  const auto instance = store.instantiate(module, make_imports(values, log));
  auto started = instance ? start(*instance) : std::unexpected(instance.error());
  log->flush();
  if (!started) {
    auto error = plugin::with_advice_on_imports(std::move(started.error()), module);
    return std::unexpected(with_last_words(std::move(error), *log));
  }
  auto guest = AssemblyScript::bind(*instance, values.text_type, values.collect);
  if (!guest) return std::unexpected(std::move(guest.error()));
  return std::make_unique<Impl>(std::move(store), *instance, std::move(*guest), values, std::move(log));
}

[[gnu::cold]] std::unexpected<Error> Plugin::Impl::refuse() const {
  if (running) {
    return base::fail(
        Phase::call, ErrorCode::invalid_argument,
        "the plugin is in a call already: a host function must not call the plugin that called it");
  }
  return base::fail(
      Phase::call, ErrorCode::poisoned,
      "the plugin stopped in an earlier call and must be loaded anew (" + guest.stopped()->message + ")");
}

template <typename Work>
std::expected<void, Error> Plugin::Impl::run(Work&& work) {
  if (running || guest.stopped()) [[unlikely]]
    return refuse();
  const Running guard(running);
  log->forget_errors();
  std::expected<void, Error> done = work();
  log->flush();
  if (!done) [[unlikely]]
    done.error() = with_last_words(std::move(done.error()), *log);
  return done;
}

std::expected<void, Error> Plugin::Impl::call(const Entry& function, std::span<const std::string_view> texts,
                                              std::string* result) {
  return run([&]() -> std::expected<void, Error> {
    if (!function) [[unlikely]]
      return std::unexpected(function.error());
    return guest.call(*function, texts, result);
  });
}

Plugin::Plugin(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Plugin::Plugin(Plugin&&) noexcept = default;
Plugin& Plugin::operator=(Plugin&&) noexcept = default;
Plugin::~Plugin() = default;

std::expected<Plugin, Error> Plugin::load(const std::filesystem::path& path, const PluginOptions& options) {
  const auto module = Module::load(path);
  if (!module) return std::unexpected(module.error());
  return load(*module, options);
}

std::expected<Plugin, Error> Plugin::load(const Module& module, const PluginOptions& options) {
  auto impl = Impl::make(module, options);
  if (!impl) return std::unexpected(std::move(impl.error()));
  return Plugin(std::move(*impl));
}

std::expected<void, Error> Plugin::init(std::string_view config) {
  return impl_->call(impl_->init, std::array{config}, nullptr);
}

std::expected<std::string, Error> Plugin::execute(std::string_view key, std::string_view payload) {
  std::string result;
  if (auto done = execute(key, payload, result); !done) return std::unexpected(std::move(done.error()));
  return result;
}

std::expected<void, Error> Plugin::execute(std::string_view key, std::string_view payload,
                                           std::string& result) {
  return impl_->call(impl_->transform, std::array{key, payload}, &result);
}

std::expected<std::string, Error> Plugin::call(std::string_view function,
                                               std::span<const std::string_view> arguments) {
  std::string result;
  const auto found = TextFunction::find(impl_->instance, function, arguments.size());
  if (auto done = impl_->call(found, arguments, &result); !done)
    return std::unexpected(std::move(done.error()));
  return result;
}

std::expected<void, Error> Plugin::collect() {
  return impl_->run([&] { return impl_->guest.collect(); });
}

std::uint64_t Plugin::memory_size() const { return impl_->guest.memory_size(); }
Instance Plugin::instance() const { return impl_->instance; }

}  // namespace tenon
