#include "compiler/analyze/cost_limits.hpp"

#include <algorithm>
#include <string>

#include "base/error.hpp"

namespace tenon::compiler {

namespace {

std::uint64_t size_of(const FunctionType& type) { return type.parameters.size() + type.results.size(); }

// What imports and exports say about functions: each of these is written out
// with its whole type.
std::uint64_t moved_in_signatures(const wasm::Module& source) {
  std::uint64_t values = 0;
  auto add = [&](ExternKind kind, std::uint32_t index) {
    if (kind == ExternKind::function) values += size_of(source.function_type(index));
    if (kind == ExternKind::tag) values += size_of(source.tag_type(index));
  };
  for (const auto& item : source.imports) add(item.kind, item.index);
  for (const auto& item : source.exports) add(item.kind, item.index);
  return values;
}

// Each type of an imported function has an entry and two thunks, each of one that
// is referred to an entry.
std::uint64_t crowded_in_trampolines(const wasm::Module& source) {
  std::vector<std::uint8_t> made(source.types.size());
  for (std::uint32_t i = 0; i < source.imported_functions; ++i) made[source.functions[i]] = 3;
  for (const std::uint32_t function : source.referenced_functions) {
    auto& of_type = made[source.functions[function]];
    of_type = std::max<std::uint8_t>(of_type, 1);
  }
  std::uint64_t crowded = 0;
  for (std::size_t i = 0; i < made.size(); ++i) {
    crowded += made[i] * source.types[i].parameters.size() * source.types[i].parameters.size();
  }
  return crowded;
}

// The sum over all bodies and `others` of one kind of cost, against its limit.
std::expected<void, Error> check(const wasm::Module& source, std::uint64_t module_bytes,
                                 const std::vector<BodyCost>& costs, std::uint64_t BodyCost::* kind,
                                 std::uint64_t others, const CostLimit& most, const std::string& what) {
  std::uint64_t all = others;
  for (const BodyCost& cost : costs) all += cost.*kind;
  const std::uint64_t limit = most.per_byte * module_bytes + most.allowance;
  if (all <= limit) return {};
  std::string message = "the module has " + std::to_string(all) + " " + what;
  const auto worst = std::ranges::max_element(costs, {}, kind);
  if (worst != costs.end() && *worst.*kind > others) {
    message += ", its function " +
               std::to_string(source.imported_functions + static_cast<std::uint64_t>(worst - costs.begin())) +
               " alone " + std::to_string(*worst.*kind) + " in " + std::to_string(worst->bytes) + " bytes";
  }
  return base::fail(Phase::compile, ErrorCode::limit_exceeded,
                    message + "; the limit for a module of " + std::to_string(module_bytes) + " bytes is " +
                        std::to_string(limit) + ": use fewer parameters and results");
}

}  // namespace

std::vector<BodyCost> measure_bodies(const wasm::Module& source, const CompileOptions& options) {
  CostMeter meter(source, options);
  std::vector<BodyCost> costs;
  costs.reserve(source.bodies.size());
  for (std::uint32_t body = 0; body < source.bodies.size(); ++body) costs.push_back(meter.measure(body));
  return costs;
}

std::expected<void, Error> check_costs(const wasm::Module& source, std::uint64_t module_bytes,
                                       const std::vector<BodyCost>& costs) {
  auto moved = check(source, module_bytes, costs, &BodyCost::moved, moved_in_signatures(source), kMostMoved,
                     "values that move through calls, blocks, branches and signatures");
  if (!moved) return moved;
  return check(
      source, module_bytes, costs, &BodyCost::crowded, crowded_in_trampolines(source), kMostCrowded,
      "units of cost for wide calls, which are the squares of their numbers of parameters and results");
}

}  // namespace tenon::compiler
