#include "module_pair.hpp"

#include <set>
#include <utility>

#include "event_log.hpp"

namespace tenon::fuzz {

Imports logging_imports(const Module& module, Log log) {
  Imports imports;
  const auto provide = [log = std::move(log)](std::string_view, const FunctionType& type) {
    return HostFunction(type,
                        [log, type](Caller&, std::span<const Value> arguments,
                                    std::span<Value> results) -> std::expected<void, Error> {
                          log(to_text(arguments));
                          for (std::size_t i = 0; i < results.size(); ++i)
                            results[i] = Value::zero(type.results[i]);
                          return {};
                        });
  };
  std::set<std::string_view> provided{kFirstInstance};
  for (const ImportType& wanted : module.imports()) {
    if (provided.insert(wanted.module).second) imports.provide(wanted.module, provide);
  }
  return imports;
}

}  // namespace tenon::fuzz
