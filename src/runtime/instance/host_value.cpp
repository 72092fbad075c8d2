#include "runtime/instance/host_value.hpp"

#include "artifact/abi.hpp"
#include "base/type_registry.hpp"
#include "runtime/call/host_call.hpp"
#include "runtime/instance/global.hpp"

namespace tenon::runtime {
namespace {

std::string instead_of(ValueType wanted, const std::string& found) {
  return found + " where " + to_string(wanted) + " is wanted";
}

}  // namespace

// Safety: call_ref does not look at the function's type again; a reference that is said to
// be never null is used without a check; and a function of another store could be called
// after that store is gone.
std::optional<std::string> why_not_of_type(const Value& value, ValueType type,
                                           const artifact::StoreRecord& store) {
  if (value.type() != general_type(type)) return instead_of(type, to_string(value.type()));
  if (!is_reference(type)) return std::nullopt;
  if (general_type(type) == ValueType::exnref && value.low_bits() != 0) {
    return "an exception, which a host cannot give,";
  }
  if (to_guest(value).low == 0) {
    return has_default(type) ? std::nullopt : std::optional(instead_of(type, "null"));
  }
  if (general_type(type) != ValueType::funcref) return std::nullopt;
  const auto* function = static_cast<const artifact::FunctionRecord*>(value.funcref().record);
  if (store_record_of(*function) != &store) return "a function of another store";
  if (!detail::has_number(type)) return std::nullopt;
  if (function->type_id == detail::number_of(type)) return std::nullopt;
  return instead_of(type, "a function " + to_string(base::type_of_id(function->type_id)));
}

std::optional<std::string> why_not_of_type(std::span<const Value> values, const std::vector<ValueType>& types,
                                           const artifact::StoreRecord& store) {
  if (values.size() != types.size()) {
    return std::to_string(values.size()) + " values where " + std::to_string(types.size()) + " are wanted";
  }
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (auto why = why_not_of_type(values[i], types[i], store)) return why;
  }
  return std::nullopt;
}

}  // namespace tenon::runtime
