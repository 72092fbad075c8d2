// Random modules, compiled in each way that must not change what executing costs: the same
// fuel is left wherever the host can look, and where there is too little, all of them stop
// after the same effects.
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <tenon/store.hpp>

#include "event_log.hpp"
#include "generate.hpp"
#include "module_pair.hpp"
#include "support/wat.hpp"

namespace tenon::fuzz {
namespace {

struct Way {
  const char* name;
  bool keeps_traps;  // of loads, in order: without it they may go (docs/conformance.md)
  compiler::CompileOptions options;
};

std::vector<Way> ways_of_compiling() {
  const auto way = [](std::uint8_t level, bool strict, Bounds bounds) {
    compiler::CompileOptions options{
        .optimization_level = level, .strict = strict, .metering = true, .bounds = bounds};
    options.features.enable(wasm::Feature::legacy_exceptions);
    return options;
  };
  std::vector<Way> ways{{"O0 --strict", true, way(0, true, Bounds::guard)},
                        {"O1 --strict --bounds explicit", true, way(1, true, Bounds::explicit_checks)},
                        {"O2 --strict in shards", true, way(2, true, Bounds::guard)},
                        {"O2 --strict, huge", true, way(2, true, Bounds::guard)},
                        {"O3 --strict", true, way(3, true, Bounds::guard)},
                        {"O2", false, way(2, false, Bounds::guard)}};
  ways[2].options.shard_bytes = 8;
  ways[3].options.huge_bytes = 4;
  return ways;
}

// What the host sees of one instance: a line for each event.
class Run {
 public:
  Run(const Pair& pair, std::uint64_t fuel) : pair_(pair), store_({.poison_after_trap = false}) {
    start(fuel);
  }

  // Gives the fuel that the call took.
  std::uint64_t call(const ExportType& item, std::uint64_t fuel) {
    give(fuel);
    for (const auto& [global, value] : steps_) static_cast<void>(global.set(value));
    const auto done = instance_->function(item.name)->call(arguments_for(item));
    const std::uint64_t taken = fuel - store_.fuel();
    note(item.name + (done ? " result" + to_text(*done) : " " + to_string(done.error())));
    if (const auto memory = instance_->memory())
      note("memory " + std::to_string(hash_memory(memory->data())));
    if (!done && done.error().trap) {
      last_trap = done.error().trap;
    } else {
      last_trap.reset();
    }
    return taken;
  }

  [[nodiscard]] bool has_instance() const { return instance_.has_value(); }
  std::vector<std::string> events;
  std::optional<TrapCode> last_trap;

 private:
  void give(std::uint64_t fuel) { static_cast<void>(store_.set_fuel(fuel)); }

  void note(const std::string& text) { events.push_back(text + " fuel " + std::to_string(store_.fuel())); }

  Imports imports_of(const Module& module) {
    return logging_imports(module, [this](const std::string& values) { note("log" + values); });
  }

  void start(std::uint64_t fuel) {
    give(fuel);
    Imports imports = imports_of(pair_.second.module());
    if (pair_.first) {
      const auto first = store_.instantiate(pair_.first->module(), imports_of(pair_.first->module()));
      note(first ? "first" : to_string(first.error()));
      if (!first) return;
      note_steps(*first);
      for (const ExportType& item : first->module().exports()) {
        std::visit([&](const auto& handle) { imports.define(kFirstInstance, item.name, handle); },
                   *first->find_export(item.name));
      }
    }
    const auto made = store_.instantiate(pair_.second.module(), imports);
    note(made ? "second" : to_string(made.error()));
    if (!made) return;
    instance_ = *made;
    note_steps(*made);
  }

  // The global by which generated code ends by itself.
  void note_steps(const Instance& instance) {
    const auto found = instance.find_export(kFuel);
    if (const auto* global = found ? std::get_if<Global>(&*found) : nullptr)
      steps_.emplace_back(*global, global->get());
  }

  static std::vector<Value> arguments_for(const ExportType& item) {
    std::vector<Value> arguments;
    for (const ValueType type : std::get<FunctionType>(item.type).parameters)
      arguments.push_back(Value::zero(general_type(type)));
    return arguments;
  }

  const Pair& pair_;
  Store store_;
  std::optional<Instance> instance_;
  std::vector<std::pair<Global, Value>> steps_;
};

bool can_be_called(const ExportType& item) {
  const auto* type = std::get_if<FunctionType>(&item.type);
  return type != nullptr && std::ranges::all_of(type->parameters, has_default);
}

// A trap that need not come, or at another depth: what happens from there on may differ.
bool may_differ(const std::optional<TrapCode>& trap, bool keeps_traps) {
  if (trap == TrapCode::stack_exhaustion) return true;
  return !keeps_traps && trap == TrapCode::out_of_bounds_memory_access;
}

struct Story {
  std::vector<std::string> events;
  bool differs_from_here = false;
};

// All calls with enough fuel, then each with less than it needs.
Story tell(const Pair& pair, bool keeps_traps) {
  constexpr std::uint64_t kEnough = std::uint64_t{1} << 62;
  Run run(pair, kEnough);
  Story story;
  if (run.has_instance()) {
    for (const ExportType& item : pair.second.module().exports()) {
      if (!can_be_called(item)) continue;
      const std::size_t before = run.events.size();
      const std::uint64_t taken = run.call(item, kEnough);
      if (may_differ(run.last_trap, keeps_traps)) {
        story.differs_from_here = true;
        run.events.resize(before);
        break;
      }
      for (const std::uint64_t part : {taken / 2, taken - taken / 7}) run.call(item, part);
      if (may_differ(run.last_trap, keeps_traps)) {
        story.differs_from_here = true;
        break;
      }
    }
  }
  story.events = std::move(run.events);
  return story;
}

// Gives the number of events that all ways had.
std::size_t compare(std::uint64_t seed, std::uint64_t number) {
  const GeneratedModules modules = generate(seed, number);
  const Sources sources{modules.first, modules.second};
  const auto ways = ways_of_compiling();
  std::optional<Story> expected;
  std::size_t compared = SIZE_MAX;
  for (const Way& way : ways) {
    const Story story = tell(Pair(sources, way.options), way.keeps_traps);
    if (!expected) expected = story;
    const std::size_t both = std::min(expected->events.size(), story.events.size());
    const bool may_be_shorter = story.differs_from_here || expected->differs_from_here;
    if (!may_be_shorter) {
      EXPECT_EQ(story.events.size(), expected->events.size()) << way.name;
    }
    for (std::size_t i = 0; i < both; ++i) {
      EXPECT_EQ(story.events[i], expected->events[i])
          << way.name << ", module " << seed << "-" << number << ", event " << i;
      if (story.events[i] != expected->events[i]) break;
    }
    compared = std::min(compared, both);
  }
  return compared;
}

class MeteredModules : public testing::TestWithParam<std::uint64_t> {};

TEST_P(MeteredModules, CostTheSameHoweverTheyAreCompiled) {
  const char* const count = std::getenv("TENON_METERED_MODULES");  // for each of the eight, in place of 4
  const std::uint64_t modules = count != nullptr ? std::strtoull(count, nullptr, 10) : 4;
  std::size_t compared = 0;
  for (std::uint64_t i = 0; i < modules; ++i) compared += compare(1, GetParam() + 8 * i);
  RecordProperty("events", static_cast<int>(compared));
  EXPECT_GT(compared, 5 * modules);
}

INSTANTIATE_TEST_SUITE_P(All, MeteredModules, testing::Range(std::uint64_t{0}, std::uint64_t{8}));

}  // namespace
}  // namespace tenon::fuzz
