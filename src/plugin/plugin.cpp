// Plugin: the calls of one instance, each between what is done before and after it.
#include <tenon/plugin.hpp>

#include <array>
#include <functional>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "plugin/explain.hpp"
#include "plugin/plugin_impl.hpp"
#include "runtime/call/watchdog.hpp"

namespace tenon {
namespace {

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

[[gnu::cold]] void Plugin::Impl::tell_more(Error& error) {
  error = plugin::explained(std::move(error), kind ? *kind : nullptr, instance.module(), *log, budget());
  if (runtime::Access::of(instance)->poisoned) why_stopped = error.message.substr(0, 1000);
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
    plugin::add_failure_of_log(done, *log);
  if (!done) [[unlikely]]
    tell_more(done.error());
  return done;
}

std::expected<void, Error> Plugin::Impl::call(const plugin::Entry& function,
                                              std::span<const detail::PluginArgument> arguments,
                                              detail::PluginResult& result) {
  return run([&] { return (*protocol)->call(function, arguments, result); });
}

// What is rare shares one copy of run().
using RareWork = std::function<std::expected<void, Error>()>;

std::expected<void, Error> Plugin::Impl::call_texts(const Entry& function,
                                                    std::span<const detail::PluginArgument> texts,
                                                    std::string& result) {
  if (!function) [[unlikely]]
    return run(RareWork([&] { return std::unexpected(function.error()); }));
  detail::PluginResult place{.type = detail::PluginType::text_or_none, .text = &result};
  return call(*function, texts, place);
}

std::expected<void, Error> Plugin::Impl::initialise(std::string_view config) {
  // Inside the call, at whose end the plugin may be gone: a host function may destroy it.
  return run(RareWork([&]() -> std::expected<void, Error> {
    if (!init) return std::unexpected(init.error());
    detail::PluginResult status{.type = detail::PluginType::status};
    auto done = (*protocol)->call(*init, std::array{detail::to_argument(config)}, status);
    return done && start ? keep_state() : done;
  }));
}

std::expected<void, Error> Plugin::Impl::collect() {
  return run(RareWork([&]() -> std::expected<void, Error> {
    if (!protocol) return std::unexpected(protocol.error());
    return (*protocol)->collect();
  }));
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

std::expected<void, Error> Plugin::init(std::string_view config) { return impl_->initialise(config); }

std::expected<std::string, Error> Plugin::execute(std::string_view key, std::string_view payload) {
  std::string result;
  if (auto done = execute(key, payload, result); !done) return std::unexpected(std::move(done.error()));
  return result;
}

std::expected<void, Error> Plugin::execute(std::string_view key, std::string_view payload,
                                           std::string& result) {
  return impl_->call_texts(impl_->transform,
                           std::array{detail::to_argument(key), detail::to_argument(payload)}, result);
}

std::expected<std::string, Error> Plugin::call(std::string_view function,
                                               std::span<const std::string_view> arguments) {
  std::string result;
  const auto found = impl_->find_texts(function, arguments.size(), detail::PluginType::text_or_none);
  std::vector<detail::PluginArgument> texts;
  for (const std::string_view argument : arguments) texts.push_back(detail::to_argument(argument));
  if (auto done = impl_->call_texts(found, texts, result); !done)
    return std::unexpected(std::move(done.error()));
  return result;
}

std::expected<std::shared_ptr<const plugin::Entry>, Error> Plugin::find_entry(
    std::string_view name, const detail::PluginSignature& signature) const {
  auto found = impl_->find(name, signature);
  if (!found) return std::unexpected(std::move(found.error()));
  return std::make_shared<const plugin::Entry>(std::move(*found));
}

std::expected<void, Error> Plugin::call_entry(Impl& plugin, const plugin::Entry& entry,
                                              std::span<const detail::PluginArgument> arguments,
                                              detail::PluginResult& result) {
  return plugin.call(entry, arguments, result);
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
