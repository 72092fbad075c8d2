#include "compiler/check/instance_contents.hpp"

namespace tenon::compiler {

namespace {

using artifact::Builtins;
using artifact::FunctionRecord;
using artifact::FunctionTableEntry;
using artifact::HostFunctionRecord;
using artifact::InstanceRecord;
using artifact::StoreRecord;

Value field_of_function(std::uint64_t field) {
  switch (field) {
    case offsetof(FunctionRecord, code): return Value::of(Kind::code);
    case offsetof(FunctionRecord, tail_code): return Value::of(Kind::tail_code);
    default: return Value::of(Kind::record);
  }
}

Value field_of_instance(const artifact::InstanceLayout& layout, const artifact::InstanceCounts& counts,
                        std::uint64_t at) {
  if (at == offsetof(InstanceRecord, store)) return Value::of(Kind::store);
  if (at < layout.memory_base(0)) return {};
  if (at < layout.memory(0)) return Value::of(Kind::linear);
  if (at < layout.table(0)) return Value::of(Kind::memory_record);
  if (at < layout.imported_function(0)) return Value::of(Kind::table_record);
  if (at < layout.type_id(0))
    return field_of_function((at - layout.imported_function(0)) % sizeof(FunctionRecord));
  if (at < layout.global_address(0)) return {};
  if (at < layout.global_address(counts.globals)) return Value::of(Kind::cell);
  if (at < layout.tag(0)) return {};
  if (at < layout.referenced_function(0)) return Value::of(Kind::record);
  return field_of_function((at - layout.referenced_function(0)) % sizeof(FunctionRecord));
}

}  // namespace

Value contents_of(const artifact::InstanceLayout& layout, const artifact::InstanceCounts& counts,
                  const Value& address, unsigned bytes) {
  if (bytes == 4) return Value::any32();
  if (bytes != 8) return {};
  const auto at = static_cast<std::uint64_t>(address.low);
  switch (address.kind) {
    case Kind::instance: return field_of_instance(layout, counts, at);
    case Kind::store:
      if (at == offsetof(StoreRecord, builtins)) return Value::of(Kind::builtins);
      return at == offsetof(StoreRecord, tail_arguments) ? Value::of(Kind::slots) : Value();
    case Kind::builtins:
      return Value::of(at == offsetof(Builtins, throw_exception) ? Kind::ends : Kind::code);
    case Kind::table_record: return at == 0 ? Value::of(Kind::entries) : Value();
    case Kind::entries:
      switch (at % sizeof(FunctionTableEntry)) {
        case offsetof(FunctionTableEntry, code): return Value::of(Kind::code);
        case offsetof(FunctionTableEntry, record): return Value::of(Kind::function_record);
        default: return Value::of(Kind::record);
      }
    case Kind::function_record: return field_of_function(at);
    case Kind::host_function:
      if (at == offsetof(HostFunctionRecord, code)) return Value::of(Kind::code);
      return at == offsetof(HostFunctionRecord, store) ? Value::of(Kind::store) : Value();
    case Kind::record: return Value::of(Kind::record);
    case Kind::linear: return Value::of(Kind::from_memory);
    // A reference that was an argument, a local or a global: nothing says so but the place.
    case Kind::unknown:
      return Value::of(at == offsetof(FunctionRecord, tail_code) ? Kind::tail_code : Kind::unknown);
    default: return {};
  }
}

}  // namespace tenon::compiler
