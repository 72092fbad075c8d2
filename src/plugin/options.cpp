// The setters of PluginOptions.
#include <utility>

#include <tenon/plugin.hpp>

namespace tenon {

PluginOptions& PluginOptions::define(std::string_view module, std::string_view name, HostFunction function) {
  values_.host_functions.push_back({std::string(module), std::string(name), std::move(function)});
  return *this;
}

PluginOptions& PluginOptions::define_texts(std::string_view module, std::string_view name,
                                           detail::PluginHostFunction function) {
  values_.host_functions.push_back({std::string(module), std::string(name), std::move(function)});
  return *this;
}

PluginOptions& PluginOptions::memory_limit(std::uint64_t bytes) {
  values_.store.memory_limit = bytes;
  return *this;
}

PluginOptions& PluginOptions::table_limit(std::uint64_t elements) {
  values_.store.table_limit = elements;
  return *this;
}

PluginOptions& PluginOptions::stack_limit(std::size_t bytes) {
  values_.store.stack_limit = bytes;
  return *this;
}

PluginOptions& PluginOptions::host_stack_reserve(std::size_t bytes) {
  values_.store.host_stack_reserve = bytes;
  return *this;
}

PluginOptions& PluginOptions::poison_after_trap(bool yes) {
  values_.store.poison_after_trap = yes;
  return *this;
}

PluginOptions& PluginOptions::result_limit(std::uint64_t bytes) {
  values_.result_limit = bytes;
  return *this;
}

PluginOptions& PluginOptions::log_limit(std::uint64_t bytes) {
  values_.log_limit = bytes;
  return *this;
}

PluginOptions& PluginOptions::timeout(std::chrono::nanoseconds limit) {
  values_.store.timeout = limit;
  return *this;
}

PluginOptions& PluginOptions::fuel_for_each_call(std::uint64_t fuel) {
  values_.store.fuel = fuel;
  values_.fuel_for_each_call = fuel;
  return *this;
}

PluginOptions& PluginOptions::interruptible(bool yes) {
  values_.store.interruptible = yes;
  return *this;
}

PluginOptions& PluginOptions::isolation(Isolation isolation) {
  values_.isolation = isolation;
  return *this;
}

PluginOptions& PluginOptions::trusted_keys(std::vector<PublicKey> keys) {
  values_.load.trusted_keys = std::move(keys);
  return *this;
}

PluginOptions& PluginOptions::signature(std::filesystem::path path) {
  values_.load.signature = std::move(path);
  return *this;
}

PluginOptions& PluginOptions::unknown_imports(UnknownImports policy) {
  values_.unknown_imports = policy;
  return *this;
}

PluginOptions& PluginOptions::assemblyscript(AssemblyScriptOptions options) {
  values_.assemblyscript = options;
  return *this;
}

PluginOptions& PluginOptions::init_function(std::string name) {
  values_.init_function = std::move(name);
  values_.init_is_required = true;
  return *this;
}

PluginOptions& PluginOptions::transform_function(std::string name) {
  values_.transform_function = std::move(name);
  values_.transform_is_required = true;
  return *this;
}

PluginOptions& PluginOptions::argument(std::string value) {
  values_.arguments.push_back(std::move(value));
  return *this;
}

PluginOptions& PluginOptions::environment(std::string name, std::string value) {
  values_.environment.emplace_back(std::move(name), std::move(value));
  return *this;
}

PluginOptions& PluginOptions::preopen(std::filesystem::path host_directory, std::string guest_name,
                                      DirectoryAccess access) {
  values_.preopens.push_back({std::move(host_directory), std::move(guest_name), access});
  return *this;
}

PluginOptions& PluginOptions::log(LogCallback callback) {
  values_.log = std::move(callback);
  return *this;
}

}  // namespace tenon
