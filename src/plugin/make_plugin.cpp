// How a Plugin comes to be: its imports, its start function, and what is looked up once.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include <tenon/wasi.hpp>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"
#include "plugin/explain.hpp"
#include "plugin/plugin_impl.hpp"
#include "plugin/surplus_functions.hpp"
#include "plugin/trusted_module.hpp"
#include "runtime/call/watchdog.hpp"

namespace tenon {
namespace {

using plugin::LineLog;
using Kind = std::expected<const plugin::ProtocolKind*, Error>;
using Entry = std::expected<plugin::Entry, Error>;
using detail::PluginType;

std::function<void(std::span<const std::uint8_t>)> writer(std::shared_ptr<LineLog> log, LogStream stream) {
  return [log = std::move(log), stream](std::span<const std::uint8_t> bytes) {
    log->write(stream, base::as_text(bytes));
  };
}

bool is_imported(const Module& module, const PluginOptions::Values::Host& host) {
  return std::ranges::any_of(module.imports(), [&](const ImportType& import) {
    return import.module == host.module && import.name == host.name;
  });
}

// One with texts is of the plugin's protocol; where that has none, only an import needs it.
std::expected<void, Error> define_host_function(Imports& imports, const PluginOptions::Values::Host& host,
                                                const Kind& kind,
                                                const plugin::HostFunctionContext& context) {
  if (const auto* plain = std::get_if<HostFunction>(&host.function)) {
    imports.define(host.module, host.name, *plain);
  } else if (kind) {
    const auto& texts = std::get<detail::PluginHostFunction>(host.function);
    auto function = (*kind)->host_function(host, texts, context);
    if (!function) return std::unexpected(std::move(function.error()));
    imports.define(host.module, host.name, std::move(*function));
  } else if (is_imported(context.module, host)) {
    return base::fail(Phase::link, kind.error().code,
                      "the host function " + base::printable(host.module, 100) + '.' +
                          base::printable(host.name, 100) + " has texts or bytes, but " +
                          kind.error().message);
  }
  return {};
}

// The host functions that the user gave replace ours of the same name.
std::expected<Imports, Error> make_imports(const Module& module, const Kind& kind,
                                           const PluginOptions::Values& options,
                                           const std::shared_ptr<LineLog>& log,
                                           std::shared_ptr<plugin::ProtocolState>& state) {
  Imports imports;
  WasiOptions wasi;
  wasi.preopens = options.preopens;
  wasi.arguments = options.arguments;
  wasi.environment_variables = options.environment;
  wasi.standard_output = writer(log, LogStream::standard_output);
  wasi.standard_error = writer(log, LogStream::standard_error);
  if (auto added = add_wasi(imports, std::move(wasi)); !added)
    return std::unexpected(std::move(added.error()));
  // A plugin that speaks none, since it takes numbers only, has its language's imports.
  for (const auto* any : plugin::protocol_kinds()) {
    const bool is_own = kind && *kind == any;
    if (any->add_imports == nullptr || (kind && !is_own && !any->is_of_a_language)) continue;
    auto kept = any->add_imports(imports, module, log);
    if (is_own) state = std::move(kept);
  }
  const bool has_texts = std::ranges::any_of(options.host_functions, [](const auto& host) {
    return std::holds_alternative<detail::PluginHostFunction>(host.function);
  });
  const plugin::HostFunctionContext context{
      .module = module,
      .options = options,
      .state = state.get(),
      .is_allocating = has_texts ? std::make_shared<bool>(false) : nullptr};
  for (const auto& host : options.host_functions) {
    if (auto defined = define_host_function(imports, host, kind, context); !defined)
      return std::unexpected(std::move(defined.error()));
  }
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

// One that returns nothing takes something else than texts, and would get their addresses.
Entry with_result(Entry entry) {
  if (!entry || entry->returns) return entry;
  return base::fail(Phase::call, ErrorCode::signature_mismatch,
                    '"' + base::printable(entry->name, 100) + "\" has type " +
                        to_string(entry->function.type()) + " and returns no text, as a transform does");
}

std::expected<std::unique_ptr<plugin::Protocol>, Error> bind_protocol(
    const Kind& kind, std::shared_ptr<plugin::ProtocolState> state, const Instance& instance,
    const PluginOptions::Values& options) {
  if (!kind) return std::unexpected(kind.error());
  return (*kind)->bind(instance, options, std::move(state));
}

}  // namespace

Plugin::Impl::Impl(Store store_made, const Instance& instance_made, const PluginOptions::Values& options,
                   std::shared_ptr<LineLog> log_made, Kind kind_found,
                   std::shared_ptr<plugin::ProtocolState> state)
    : log(std::move(log_made)),
      store(std::move(store_made)),
      instance(instance_made),
      fuel_for_each_call(options.fuel_for_each_call),
      kind(std::move(kind_found)),
      protocol(bind_protocol(kind, std::move(state), instance, options)),
      init(find_texts(options.init_function, 1, PluginType::status)),
      transform(with_result(find_texts(options.transform_function, 2, PluginType::text_or_none))) {}

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
  std::shared_ptr<plugin::ProtocolState> state;
  const auto imports = make_imports(module, kind, values, log, state);
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
  if (log->has_failure()) plugin::add_failure_of_log(started, *log);
  if (!started) {
    return std::unexpected(plugin::explained(std::move(started.error()), kind ? *kind : nullptr, module, *log,
                                             *runtime::Access::of(store)->budget()));
  }
  auto made = std::make_unique<Impl>(std::move(store), *instance, values, std::move(log), std::move(kind),
                                     std::move(state));
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

Entry Plugin::Impl::find(std::string_view name, const detail::PluginSignature& signature) const {
  if (!protocol) return std::unexpected(protocol.error());
  return (*protocol)->find(name, signature);
}

Entry Plugin::Impl::find_texts(std::string_view name, std::size_t texts, PluginType result) const {
  static constexpr auto kTexts = [] {
    std::array<PluginType, detail::kMaxPluginParameters + 1> all{};
    all.fill(PluginType::text);
    return all;
  }();
  auto found = find(name, {.result = result, .parameters = {kTexts.data(), std::min(texts, kTexts.size())}});
  if (found && texts > detail::kMaxPluginParameters) {
    return base::fail(Phase::call, ErrorCode::invalid_argument,
                      "a function takes at most " + std::to_string(detail::kMaxPluginParameters) + " texts");
  }
  return found;
}

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

}  // namespace tenon
