// Modules that no text format reader at hand can write: put together in bytes.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <tenon/store.hpp>

#include "support/wat.hpp"
#include "unit/wasm/module_bytes.hpp"

namespace tenon::regress {

using wasm::testing::Bytes;
using wasm::testing::leb;
using wasm::testing::operator+;

inline Bytes signed_leb(std::int64_t value) {
  Bytes out;
  for (;;) {
    const auto byte = static_cast<std::uint8_t>(value & 0x7F);
    value >>= 7;
    const bool done = (value == 0 && !(byte & 0x40)) || (value == -1 && (byte & 0x40));
    out.push_back(done ? byte : byte | 0x80);
    if (done) return out;
  }
}

inline Bytes i32_const(std::int32_t value) { return Bytes{0x41} + signed_leb(value); }
inline Bytes i64_const(std::uint64_t value) {
  return Bytes{0x42} + signed_leb(static_cast<std::int64_t>(value));
}
inline Bytes local(std::uint8_t index) { return {0x20, index}; }

// A section's entries, counted.
inline Bytes entries(const std::vector<Bytes>& list) {
  Bytes all = leb(list.size());
  for (const Bytes& item : list) all = std::move(all) + item;
  return all;
}

class BinaryModule {
 public:
  using Types = std::vector<ValueType>;
  std::vector<Bytes> imports, tables, memories, elements, data;

  // Exported under its name; the body without its final `end`.
  void function(const std::string& name, const Types& parameters, const Types& results, const Bytes& body) {
    const auto index = names_.size();
    types_.push_back(Bytes{0x60} + list(parameters) + list(results));
    functions_.push_back(leb(index));
    names_.push_back(wasm::testing::name(name) + Bytes{0} + leb(index));
    bodies_.push_back(wasm::testing::sized(Bytes{0} + body + Bytes{0x0B}));
  }

  [[nodiscard]] Bytes bytes() const {
    using wasm::testing::section;
    Bytes out = wasm::testing::kHeader + section(1, entries(types_));
    if (!imports.empty()) out = std::move(out) + section(2, entries(imports));
    out = std::move(out) + section(3, entries(functions_));
    if (!tables.empty()) out = std::move(out) + section(4, entries(tables));
    if (!memories.empty()) out = std::move(out) + section(5, entries(memories));
    out = std::move(out) + section(7, entries(names_));
    if (!elements.empty()) out = std::move(out) + section(9, entries(elements));
    out = std::move(out) + section(12, leb(data.size())) + section(10, entries(bodies_));
    if (!data.empty()) out = std::move(out) + section(11, entries(data));
    return out;
  }

 private:
  static Bytes list(const Types& types) {
    Bytes out = leb(types.size());
    for (const ValueType type : types) out.push_back(static_cast<std::uint8_t>(type));
    return out;
  }
  std::vector<Bytes> types_, functions_, names_, bodies_;
};

struct Setting {
  int level;
  Bounds bounds;
  [[nodiscard]] compiler::CompileOptions options() const {
    return {.optimization_level = static_cast<std::uint8_t>(level), .strict = true, .bounds = bounds};
  }
};

inline constexpr Setting kSettings[] = {
    {0, Bounds::guard}, {2, Bounds::guard}, {0, Bounds::explicit_checks}, {2, Bounds::explicit_checks}};

inline std::string setting_name(const testing::TestParamInfo<Setting>& info) {
  return "O" + std::to_string(info.param.level) +
         (info.param.bounds == Bounds::guard ? "_guard" : "_explicit");
}

// An instance whose traps do not end it.
class BinaryGuest {
 public:
  BinaryGuest(const BinaryModule& module, const compiler::CompileOptions& options, StoreOptions store = {},
              const Imports& imports = {})
      : guest_(module.bytes(), options), store_(with_traps(store)) {
    auto made = store_.instantiate(guest_.module(), imports);
    if (!made) throw std::runtime_error(to_string(made.error()));
    instance_.emplace(*made);
  }

  [[nodiscard]] const Instance& instance() const { return *instance_; }

  std::expected<std::vector<Value>, Error> call(const std::string& name,
                                                const std::vector<Value>& arguments) {
    const auto function = instance_->function(name);
    if (!function) return std::unexpected(function.error());
    return function->call(arguments);
  }

  // The bits of the one result.
  std::uint64_t bits(const std::string& name, const std::vector<Value>& arguments) {
    const auto result = call(name, arguments);
    if (!result) {
      ADD_FAILURE() << name << ": " << to_string(result.error());
      return 0;
    }
    return result->at(0).low_bits();
  }

  [[nodiscard]] std::optional<TrapCode> trap(const std::string& name, const std::vector<Value>& arguments) {
    const auto result = call(name, arguments);
    return result ? std::nullopt : result.error().trap;
  }

 private:
  static StoreOptions with_traps(StoreOptions options) {
    options.poison_after_trap = false;
    return options;
  }
  tests::Guest guest_;
  Store store_;
  std::optional<Instance> instance_;
};

}  // namespace tenon::regress
