#include "spectest.hpp"

#include <cstdint>

namespace tenon::spec {

namespace {

// The suite only wants these to be callable; what they print nobody reads.
void add_print_functions(Imports& imports) {
  imports.function("spectest", "print", [] {})
      .function("spectest", "print_i32", [](std::int32_t) {})
      .function("spectest", "print_i64", [](std::int64_t) {})
      .function("spectest", "print_f32", [](float) {})
      .function("spectest", "print_f64", [](double) {})
      .function("spectest", "print_i32_f32", [](std::int32_t, float) {})
      .function("spectest", "print_f64_f64", [](double, double) {});
}

void add_global(Store& store, Imports& imports, std::string_view name, const Value& value) {
  const GlobalType type{.value = value.type(), .is_mutable = false};
  imports.define("spectest", name, Extern(store.create_global(type, value).value()));
}

}  // namespace

void add_spectest(Store& store, Imports& imports) {
  add_print_functions(imports);
  add_global(store, imports, "global_i32", Value::from_i32(666));
  add_global(store, imports, "global_i64", Value::from_i64(666));
  add_global(store, imports, "global_f32", Value::from_f32(666.6f));
  add_global(store, imports, "global_f64", Value::from_f64(666.6));
  const TableType table{.element = ValueType::funcref, .limits = {.minimum = 10, .maximum = 20}};
  imports.define("spectest", "table",
                 Extern(store.create_table(table, Value::zero(ValueType::funcref)).value()));
  const MemoryType memory{.limits = {.minimum = 1, .maximum = 2}};
  imports.define("spectest", "memory", Extern(store.create_memory(memory).value()));
  const MemoryType shared{.limits = {.minimum = 1, .maximum = 2}, .is_shared = true};
  imports.define("spectest", "shared_memory", SharedMemory::create(shared).value());
}

}  // namespace tenon::spec
