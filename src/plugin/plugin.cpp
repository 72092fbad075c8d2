// Plugin: one instance in a store of its own, its log, and the protocol.
#include <tenon/plugin.hpp>

#include <array>
#include <optional>
#include <utility>

#include <tenon/wasi.hpp>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"
#include "plugin/line_log.hpp"
#include "plugin/protocol.hpp"
#include "plugin/surplus_functions.hpp"
#include "plugin/trusted_module.hpp"
#include "runtime/call/watchdog.hpp"
#include "runtime/instance/store_impl.hpp"

namespace tenon {
namespace {

using plugin::LineLog;
using plugin::TextFunction;

std::function<void(std::span<const std::uint8_t>)> writer(std::shared_ptr<LineLog> log, LogStream stream) {
  return [log = std::move(log), stream](std::span<const std::uint8_t> bytes) {
    log->write(stream, base::as_text(bytes));
  };
}

// The host functions that the user gave replace ours of the same name.
std::expected<Imports, Error> make_imports(const PluginOptions::Values& options,
                                           const std::shared_ptr<LineLog>& log) {
  Imports imports;
  WasiOptions wasi;
  wasi.preopens = options.preopens;
  wasi.arguments = options.arguments;
  wasi.environment_variables = options.environment;
  wasi.standard_output = writer(log, LogStream::standard_output);
  wasi.standard_error = writer(log, LogStream::standard_error);
  if (auto added = add_wasi(imports, std::move(wasi)); !added)
    return std::unexpected(std::move(added.error()));
  // Of all: a plugin that speaks none, since it takes numbers only, has its language's imports.
  for (const auto* kind : plugin::protocol_kinds()) {
    if (kind->add_imports != nullptr) kind->add_imports(imports, log);
  }
  for (const auto& host : options.host_functions) imports.define(host.module, host.name, host.function);
  imports.unknown(options.unknown_imports);
  return imports;
}

// Runs a reactor's `_initialize`, or a command's `_start`. The latter may end in
// proc_exit(0), which is as good as returning: the guest may be called afterwards.
std::expected<void, Error> run_start_function(const Instance& instance) {
  for (const std::string_view name : {"_initialize", "_start"}) {
    if (!instance.find_export(name)) continue;
    const auto function = instance.function<void()>(name);
    if (!function) return std::unexpected(function.error());
    auto done = (*function)();
    if (!done && done.error().exit_status != 0) return done;
    runtime::Access::of(instance)->poisoned = false;
    return {};
  }
  return {};
}

// Guests (AssemblyScript's WASI shim among them) print why they give up and then exit:
// that line belongs in the error.
Error with_last_words(Error error, const LineLog& log) {
  if (error.code == ErrorCode::exit && !log.last_error_line().empty()) {
    error.message += ": " + base::printable(log.last_error_line(), 1000);
  }
  return error;
}

// What a guest does when its memory cannot grow is its own choice. Allocators of every
// language mostly execute `unreachable`: where the last growth was refused, that is want of
// memory. After anything else the error only says what came before.
Error with_refused_growth(Error error, const runtime::Budget& budget) {
  const auto refused = budget.refused_growth();
  if (!refused) return error;
  using Limit = runtime::RefusedGrowth::Limit;
  const bool of_table = refused->limit == Limit::table_limit || refused->limit == Limit::table_maximum;
  const std::string more_than = "it asked for more than " + budget.describe(*refused);
  if (error.trap == TrapCode::unreachable) {
    error.code = ErrorCode::out_of_resources;
    error.message = (of_table ? "the plugin is out of table elements: " : "the plugin is out of memory: ") +
                    more_than + ", and then stopped with " + error.message;
  } else {
    error.message += " (before that " + more_than + ")";
  }
  return error;
}

using Kind = std::expected<const plugin::ProtocolKind*, Error>;
using Entry = std::expected<TextFunction, Error>;

// One that returns nothing takes something else than texts, and would get their addresses.
Entry with_result(Entry entry) {
  if (!entry || entry->returns) return entry;
  return base::fail(Phase::call, ErrorCode::signature_mismatch,
                    '"' + base::printable(entry->name, 100) + "\" has type " +
                        to_string(entry->function.type()) + " and returns no text, as a transform does");
}

Error explained(Error error, const Kind& kind, const Module& module, const LineLog& log) {
  error = with_last_words(std::move(error), log);
  for (const auto* any : plugin::protocol_kinds()) {
    const bool may_be = !kind || *kind == any;
    if (may_be && any->explain != nullptr)
      error = any->explain(std::move(error), module, log.last_error_line());
  }
  return error;
}

// An error of the call itself takes precedence over the log's.
[[gnu::cold]] void add_failure_of_log(std::expected<void, Error>& done, LineLog& log) {
  const auto failure = log.take_failure();
  if (failure && done) {
    done = base::fail(Phase::call, ErrorCode::host_error,
                      "the log callback threw: " + *failure + " (the plugin goes on; the line is lost)");
  }
}

std::expected<std::unique_ptr<plugin::Protocol>, Error> bind_protocol(const Kind& kind,
                                                                      const Instance& instance,
                                                                      const PluginOptions::Values& options) {
  if (!kind) return std::unexpected(kind.error());
  return (*kind)->bind(instance, options);
}

// True while a call runs; meanwhile other threads may end it.
class Running {
 public:
  Running(bool& flag, runtime::Interruption* interruption) : flag_(flag), call_(interruption) {
    flag_ = true;
  }
  ~Running() { flag_ = false; }
  [[nodiscard]] bool is_too_late() const { return call_.is_too_late(); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  bool& flag_;
  const runtime::WatchedCall call_;
};

}  // namespace

struct Plugin::Impl {
  static std::expected<std::unique_ptr<Impl>, Error> make(const Module& module, const PluginOptions& options,
                                                          const Snapshot* snapshot = nullptr);
  Entry find(std::string_view name, std::size_t texts) const;
  std::expected<void, Error> call(const Entry& function, std::span<const std::string_view> texts,
                                  std::string* result);
  std::expected<void, Error> initialise(std::string_view config);
  std::expected<void, Error> collect();
  std::unexpected<Error> refuse() const;
  std::expected<void, Error> keep_state();
  std::expected<void, Error> check_required(const PluginOptions::Values& values);
  runtime::Budget& budget() const { return *runtime::Access::of(store)->budget(); }
  template <typename Work>
  std::expected<void, Error> run(Work&& work);
  template <typename Work>
  std::expected<void, Error> run_alive(Work&& work);

  Impl(Store store_made, const Instance& instance_made, const PluginOptions::Values& options,
       std::shared_ptr<LineLog> log_made, Kind kind_found)
      : log(std::move(log_made)),
        store(std::move(store_made)),
        instance(instance_made),
        fuel_for_each_call(options.fuel_for_each_call),
        kind(std::move(kind_found)),
        protocol(bind_protocol(kind, instance, options)),
        init(find(options.init_function, 1)),
        transform(with_result(find(options.transform_function, 2))) {}

  std::shared_ptr<LineLog> log;
  Store store;
  Instance instance;
  std::optional<std::uint64_t> fuel_for_each_call;
  // Found once, at load; an error is kept until somebody passes a text.
  Kind kind;
  std::expected<std::unique_ptr<plugin::Protocol>, Error> protocol;
  Entry init;
  Entry transform;
  std::optional<Snapshot> start;  // what each call starts from, where each is fresh
  std::string why_stopped;        // for messages; the instance knows whether it is poisoned
  bool running = false;
  bool is_orphan = false;  // a host function has destroyed the Plugin; the call frees this
};

std::expected<std::unique_ptr<Plugin::Impl>, Error> Plugin::Impl::make(const Module& module,
                                                                       const PluginOptions& options,
                                                                       const Snapshot* snapshot) {
  const auto& values = options.values();
  if (auto trusted = plugin::check_trust(module, values.load); !trusted)
    return std::unexpected(std::move(trusted.error()));
  Kind kind = plugin::protocol_kind_of(module);
  Store store(values.store);
  const runtime::WatchedCall loading(runtime::Access::of(store)->interruption);
  auto log = std::make_shared<LineLog>(values.log, runtime::Access::of(store)->budget(), values.log_limit);
  // Whoever made the snapshot was warned.
  const auto warning =
      snapshot == nullptr ? plugin::warning_of_surplus(module, values.host_functions) : std::nullopt;
  if (warning) log->warn(*warning);
  const auto imports = make_imports(values, log);
  if (!imports) return std::unexpected(imports.error());
  const auto instance =
      snapshot != nullptr ? store.instantiate(*snapshot, *imports) : store.instantiate(module, *imports);
  std::expected<void, Error> started;
  if (!instance) {
    started = std::unexpected(instance.error());
  } else if (snapshot == nullptr) {
    started = run_start_function(*instance);
  }
  log->flush();
  if (log->has_failure()) add_failure_of_log(started, *log);
  if (!started) {
    return std::unexpected(with_refused_growth(explained(std::move(started.error()), kind, module, *log),
                                               *runtime::Access::of(store)->budget()));
  }
  auto made = std::make_unique<Impl>(std::move(store), *instance, values, std::move(log), std::move(kind));
  if (auto checked = made->check_required(values); !checked)
    return std::unexpected(std::move(checked.error()));
  if (values.isolation == Isolation::fresh_each_call) {
    if (snapshot != nullptr) {
      made->start = *snapshot;
    } else if (auto kept = made->keep_state(); !kept) {
      return std::unexpected(std::move(kept.error()));
    }
  }
  return made;
}

// That the functions are there which the options name.
std::expected<void, Error> Plugin::Impl::check_required(const PluginOptions::Values& values) {
  for (const auto& [is_required, entry] :
       {std::pair(values.init_is_required, &init), std::pair(values.transform_is_required, &transform)}) {
    if (!is_required || *entry) continue;
    entry->error().phase = Phase::instantiate;
    return std::unexpected(entry->error());
  }
  return {};
}

std::expected<void, Error> Plugin::Impl::keep_state() {
  auto taken = instance.snapshot();
  if (!taken) return std::unexpected(std::move(taken.error()));
  start = std::move(*taken);
  return {};
}

Entry Plugin::Impl::find(std::string_view name, std::size_t texts) const {
  if (!protocol) return std::unexpected(protocol.error());
  auto found = (*protocol)->find(name, texts);
  if (found && texts > TextFunction::kMaxTexts) {
    return base::fail(Phase::call, ErrorCode::invalid_argument,
                      "a function takes at most " + std::to_string(TextFunction::kMaxTexts) + " texts");
  }
  return found;
}

[[gnu::cold]] std::unexpected<Error> Plugin::Impl::refuse() const {
  if (running) {
    return base::fail(
        Phase::call, ErrorCode::invalid_argument,
        "the plugin is in a call already: a host function must not call the plugin that called it");
  }
  const std::string why = why_stopped.empty() ? "" : " (" + why_stopped + ")";
  return base::fail(Phase::call, ErrorCode::poisoned,
                    "the plugin stopped in an earlier call and must be loaded anew" + why);
}

template <typename Work>
std::expected<void, Error> Plugin::Impl::run(Work&& work) {
  auto done = run_alive(std::forward<Work>(work));
  if (is_orphan && !running) [[unlikely]]
    delete this;
  return done;
}

template <typename Work>
std::expected<void, Error> Plugin::Impl::run_alive(Work&& work) {
  if (running) [[unlikely]]
    return refuse();
  if (start) {
    // Safety: whatever was done since, also by the host through instance(), is undone here.
    if (auto fresh = instance.reset(*start); !fresh) return fresh;
    log->give_back_room();
  } else if (runtime::Access::of(instance)->poisoned) [[unlikely]] {
    return refuse();
  }
  const Running guard(running, runtime::Access::of(store)->interruption);
  if (guard.is_too_late()) [[unlikely]]
    return std::unexpected(runtime::Access::of(store)->interruption->error_of_batch());
  log->begin_call();
  budget().forget_refused();
  if (fuel_for_each_call) runtime::Access::of(store)->give_fuel(*fuel_for_each_call);
  std::expected<void, Error> done = work();
  log->flush();
  if (log->has_failure()) [[unlikely]]
    add_failure_of_log(done, *log);
  if (!done) [[unlikely]] {
    done.error() =
        with_refused_growth(explained(std::move(done.error()), kind, instance.module(), *log), budget());
    if (runtime::Access::of(instance)->poisoned) why_stopped = done.error().message;
  }
  return done;
}

std::expected<void, Error> Plugin::Impl::call(const Entry& function, std::span<const std::string_view> texts,
                                              std::string* result) {
  return run([&]() -> std::expected<void, Error> {
    if (!function) [[unlikely]]
      return std::unexpected(function.error());
    return (*protocol)->call(*function, texts, result);
  });
}

std::expected<void, Error> Plugin::Impl::initialise(std::string_view config) {
  // Inside the call, at whose end the plugin may be gone: a host function may destroy it.
  return run([&]() -> std::expected<void, Error> {
    if (!init) return std::unexpected(init.error());
    auto done = (*protocol)->call(*init, std::array{config}, nullptr);
    return done && start ? keep_state() : done;
  });
}

std::expected<void, Error> Plugin::Impl::collect() {
  return run([&]() -> std::expected<void, Error> {
    if (!protocol) return std::unexpected(protocol.error());
    return (*protocol)->collect();
  });
}

void Plugin::Destroy::operator()(Impl* impl) const noexcept {
  if (impl->running) {
    impl->is_orphan = true;
  } else {
    delete impl;
  }
}

Plugin::Plugin(std::unique_ptr<Impl> impl) : impl_(impl.release()) {}
Plugin::Plugin(Plugin&&) noexcept = default;
Plugin& Plugin::operator=(Plugin&&) noexcept = default;
Plugin::~Plugin() = default;

std::expected<Plugin, Error> Plugin::load(const std::filesystem::path& path, const PluginOptions& options) {
  const auto module = Module::load(path, options.values().load);
  if (!module) return std::unexpected(module.error());
  return load(*module, options);
}

std::expected<Plugin, Error> Plugin::load(const Module& module, const PluginOptions& options) {
  auto impl = Impl::make(module, options);
  if (!impl) return std::unexpected(std::move(impl.error()));
  return Plugin(std::move(*impl));
}

std::expected<Plugin, Error> Plugin::load(const Snapshot& snapshot, const PluginOptions& options) {
  auto impl = Impl::make(snapshot.module(), options, &snapshot);
  if (!impl) return std::unexpected(std::move(impl.error()));
  return Plugin(std::move(*impl));
}

std::expected<void, Error> Plugin::init(std::string_view config) { return impl_->initialise(config); }

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
  const auto found = impl_->find(function, arguments.size());
  if (auto done = impl_->call(found, arguments, &result); !done)
    return std::unexpected(std::move(done.error()));
  return result;
}

std::expected<void, Error> Plugin::collect() { return impl_->collect(); }

std::expected<InterruptHandle, Error> Plugin::interrupt_handle() const {
  return impl_->store.interrupt_handle();
}

std::uint64_t Plugin::fuel() const { return impl_->store.fuel(); }
std::expected<void, Error> Plugin::set_fuel(std::uint64_t fuel) { return impl_->store.set_fuel(fuel); }

runtime::StoreImpl* Plugin::store() const { return runtime::Access::of(impl_->store); }
bool Plugin::stopped() const { return !impl_->start && impl_->instance.poisoned(); }
std::uint64_t Plugin::memory_size() const { return impl_->protocol ? (*impl_->protocol)->memory_size() : 0; }
Instance Plugin::instance() const { return impl_->instance; }

}  // namespace tenon
