// The public class Imports.
#include <tenon/imports.hpp>

#include "runtime/instance/definitions.hpp"

namespace tenon {

Imports::Imports() : impl_(std::make_unique<runtime::Definitions>()) {}
Imports::Imports(const Imports& other) : impl_(std::make_unique<runtime::Definitions>(*other.impl_)) {}
Imports::Imports(Imports&& other) noexcept = default;
Imports& Imports::operator=(const Imports& other) {
  if (this != &other) *impl_ = *other.impl_;
  return *this;
}
Imports& Imports::operator=(Imports&& other) noexcept = default;
Imports::~Imports() = default;

Imports& Imports::define(std::string_view module, std::string_view name, HostFunction function) {
  impl_->definitions.insert_or_assign({std::string(module), std::string(name)}, std::move(function));
  return *this;
}

Imports& Imports::define(std::string_view module, std::string_view name, const Extern& item) {
  impl_->definitions.insert_or_assign({std::string(module), std::string(name)}, item);
  return *this;
}

Imports& Imports::define(std::string_view module, std::string_view name, SharedMemory memory) {
  impl_->definitions.insert_or_assign({std::string(module), std::string(name)}, std::move(memory));
  return *this;
}

Imports& Imports::define_instance(std::string_view module, const Instance& instance) {
  for (const ExportType& item : instance.module().exports()) {
    if (auto found = instance.find_export(item.name)) define(module, item.name, *found);
  }
  return *this;
}

Imports& Imports::provide(std::string_view module, FunctionProvider provider) {
  impl_->providers.emplace_back(module, std::move(provider));
  return *this;
}

Imports& Imports::state(std::string_view name, std::shared_ptr<SnapshotState> state) {
  impl_->states.insert_or_assign(std::string(name), std::move(state));
  return *this;
}

Imports& Imports::unknown(UnknownImports policy) {
  impl_->unknown = policy;
  return *this;
}

}  // namespace tenon
