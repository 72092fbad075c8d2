// A host function with texts or bytes, as an import of one plugin: what is the same in every
// protocol. How a text lies in the plugin's memory is the protocol's, which derives from this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>

#include <tenon/plugin.hpp>

#include "plugin/protocol.hpp"

namespace tenon::plugin {

// The plugin is not trusted: whoever derives checks every pointer and length against the memory
// as it is at that moment.
class HostTexts {
 public:
  HostTexts(const PluginOptions::Values::Host& host, const detail::PluginHostFunction& function,
            const HostFunctionContext& context);
  HostTexts(const HostTexts&) = delete;
  HostTexts& operator=(const HostTexts&) = delete;
  virtual ~HostTexts() = default;

  // An import of the type, which calls what `texts` is of.
  [[nodiscard]] static HostFunction make(const FunctionType& type, std::shared_ptr<HostTexts> texts);

 protected:
  // Finds what it needs of the plugin; called once, before all else.
  virtual std::expected<void, Error> bind(const Instance& instance) = 0;
  // Copies a text or bytes that the plugin passes, from the slot on; moves behind its slots. False
  // for null.
  virtual std::expected<bool, Error> read(std::size_t index, detail::PluginType type, const Value*& slot,
                                          std::string& copy) const = 0;
  // Puts a text or bytes into memory that the plugin allocates; gives the bits of the result.
  virtual std::expected<std::uint64_t, Error> write(const detail::PluginArgument& argument) const = 0;

  [[nodiscard]] const std::string& name() const { return name_; }  // "app.get_config", for messages
  [[nodiscard]] std::string argument(std::size_t index) const;     // "argument 1 of app.get_config"
  // Safety: a guest could have the host hold as many gigabytes as its memory has for each text.
  [[nodiscard]] std::expected<void, Error> check_size(std::size_t index, std::uint64_t bytes) const;

 private:
  struct Passing;
  std::expected<void, Error> call(Caller& caller, std::span<const Value> slots, std::span<Value> results);
  std::expected<void, Error> pass(const detail::PluginArgument& argument, Value& result) const;

  std::string name_;
  detail::PluginHostFunction function_;
  std::uint64_t limit_;
  // Safety: the plugin's allocator is its own code, and could call host functions with texts again
  // and again, each of which holds copies that count for no limit: so they refuse to be called
  // from there. One flag for all of the plugin's.
  std::shared_ptr<bool> is_allocating_;
  bool is_bound_ = false;
};

}  // namespace tenon::plugin
