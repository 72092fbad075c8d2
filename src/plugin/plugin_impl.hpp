// What a Plugin owns: one instance in a store of its own, its log, and the protocol.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <tenon/plugin.hpp>

#include "plugin/line_log.hpp"
#include "plugin/protocol.hpp"
#include "runtime/instance/store_impl.hpp"

namespace tenon {

struct Plugin::Impl {
  using Kind = std::expected<const plugin::ProtocolKind*, Error>;
  using Entry = std::expected<plugin::Entry, Error>;

  static std::expected<std::unique_ptr<Impl>, Error> make(const Module& module, const PluginOptions& options,
                                                          const Snapshot* snapshot = nullptr);
  Entry find(std::string_view name, const detail::PluginSignature& signature) const;
  Entry find_texts(std::string_view name, std::size_t texts, detail::PluginType result) const;
  std::expected<void, Error> call(const plugin::Entry& function,
                                  std::span<const detail::PluginArgument> arguments,
                                  detail::PluginResult& result);
  std::expected<void, Error> call_texts(const Entry& function, std::span<const detail::PluginArgument> texts,
                                        std::string& result);
  std::expected<void, Error> initialise(std::string_view config);
  std::expected<void, Error> collect();
  std::unexpected<Error> refuse() const;
  // Completes the error of a call that has failed.
  void tell_more(Error& error);
  std::expected<void, Error> keep_state();
  std::expected<void, Error> check_required(const PluginOptions::Values& values);
  runtime::Budget& budget() const { return *runtime::Access::of(store)->budget(); }
  template <typename Work>
  std::expected<void, Error> run(Work&& work);
  template <typename Work>
  std::expected<void, Error> run_alive(Work&& work);

  Impl(Store store_made, const Instance& instance_made, const PluginOptions::Values& options,
       std::shared_ptr<plugin::LineLog> log_made, Kind kind_found,
       std::shared_ptr<plugin::ProtocolState> state);

  std::shared_ptr<plugin::LineLog> log;
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

}  // namespace tenon
