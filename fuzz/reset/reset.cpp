// Whether nothing of a call is left when its instance is reset:
//
//   fuzz_reset [--seed 1] [--first 0] [--count 1000]
//   fuzz_reset MODULE.wasm...
//
// Of random modules (fuzz/generator), each compiled in one of many ways, all exports are called.
// Then the instance is reset, and every byte of its memories and globals and every element
// of its tables must be as in the snapshot; the calls made again must answer as the first
// time, and so must a new instance and one that is made from the snapshot. It goes on until
// `count` modules had a state that snapshots hold.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <tenon/store.hpp>

#include "compiler/compiler.hpp"
#include "event_log.hpp"
#include "generate.hpp"
#include "module_pair.hpp"
#include "planned_calls.hpp"
#include "runtime/instance/access.hpp"
#include "runtime/instance/instance.hpp"
#include "runtime/instance/snapshot_impl.hpp"
#include "support/process.hpp"
#include "support/wat.hpp"

namespace tenon::fuzz {
namespace {

using Outcome = std::vector<std::string>;

// What host functions were given goes into the outcome, too.
Log into(Outcome& outcome) {
  return [&outcome](const std::string& values) { outcome.push_back("log" + values); };
}

struct Snapshots {
  std::optional<Snapshot> first, second;
};

class Run {
 public:
  // In the state of the snapshots, where there are any.
  explicit Run(const Pair& modules, const Snapshots& from = {}) : store_({.poison_after_trap = false}) {
    const Module& module = modules.second.module();
    Imports imports = logging_imports(module, into(outcome_));
    if (modules.first) {
      first_ =
          make(modules.first->module(), from.first, logging_imports(modules.first->module(), into(outcome_)));
      if (!first_) return;
      for (const ExportType& item : modules.first->module().exports()) {
        if (const auto found = first_->find_export(item.name))
          std::visit([&](const auto& handle) { imports.define(kFirstInstance, item.name, handle); }, *found);
      }
    }
    second_ = make(module, from.second, imports);
  }

  [[nodiscard]] bool is_made() const { return second_.has_value(); }

  // Nothing where some state cannot be held.
  [[nodiscard]] std::optional<Snapshots> snapshots() const {
    Snapshots taken;
    if (first_ && !take(*first_, taken.first)) return std::nullopt;
    if (!take(*second_, taken.second)) return std::nullopt;
    return taken;
  }

  void reset(const Snapshots& snapshots) {
    if (first_) reset(*first_, *snapshots.first);
    reset(*second_, *snapshots.second);
  }

  Outcome call_all(const std::vector<PlannedCall>& plan) {
    outcome_.clear();
    for (const PlannedCall& call : plan) {
      for (const auto& instance : {first_, second_}) {
        if (instance) refuel(*instance);
      }
      const auto results = second_->function(call.name)->call(call.arguments);
      outcome_.push_back(call.shown + " " + (results ? to_text(*results) : to_string(results.error())));
      outcome_.push_back(memories());
    }
    return outcome_;
  }

 private:
  std::optional<Instance> make(const Module& module, const std::optional<Snapshot>& from,
                               const Imports& imports) {
    auto made = from ? store_.instantiate(*from, imports) : store_.instantiate(module, imports);
    if (made) return *made;
    if (from) throw std::runtime_error("not made from its snapshot: " + to_string(made.error()));
    return std::nullopt;
  }

  static bool take(const Instance& instance, std::optional<Snapshot>& into) {
    auto taken = instance.snapshot();
    if (taken) into = std::move(*taken);
    return taken.has_value();
  }

  static void reset(const Instance& instance, const Snapshot& snapshot) {
    if (const auto done = instance.reset(snapshot); !done) throw std::runtime_error(to_string(done.error()));
    compare(*runtime::Access::of(instance), *runtime::Access::of(snapshot));
  }

  // Without the handles of the API: whoever asks for all of a memory may write to it.
  static void compare(runtime::InstanceImpl& instance, const runtime::SnapshotImpl& snapshot) {
    const auto memories = instance.own_memories();
    for (std::size_t i = 0; i < memories.size(); ++i) {
      const auto& saved = *snapshot.memories[i];
      const auto& record = memories[i]->record;
      if (record.size != saved.size()) throw std::runtime_error("a memory has another size");
      if (record.size == 0 || std::memcmp(record.base, saved.bytes(), record.size) == 0) continue;
      const auto [mine, its] = std::mismatch(record.base, record.base + record.size, saved.bytes());
      throw std::runtime_error("memory " + std::to_string(i) + " differs at " +
                               std::to_string(mine - record.base));
    }
    const auto cells = instance.own_cells();
    if (!std::ranges::equal(cells, snapshot.cells)) throw std::runtime_error("a global differs");
    const auto tables = instance.own_tables();
    for (std::size_t i = 0; i < tables.size(); ++i) {
      if (tables[i]->record.size != snapshot.tables[i].contents.size)
        throw std::runtime_error("a table has another size");
    }
  }

  static void refuel(const Instance& instance) {
    const auto found = instance.find_export(kFuel);
    const auto* global = found ? std::get_if<Global>(&*found) : nullptr;
    if (global != nullptr) static_cast<void>(global->set(Value::from_bits(global->type().value, 1000, 0)));
  }

  [[nodiscard]] std::string memories() const {
    std::string text = "memories";
    for (const runtime::MemoryImpl* memory : runtime::Access::of(*second_)->own_memories())
      text += " " + std::to_string(memory->record.size >> 16) + ":" +
              std::to_string(hash_memory({memory->record.base, memory->record.size}));
    return text;
  }

  Outcome outcome_;
  Store store_;
  std::optional<Instance> first_, second_;
};

// Each number another way to compile.
compiler::CompileOptions options_of(std::uint64_t number) {
  compiler::CompileOptions options;
  options.features.enable(wasm::Feature::legacy_exceptions);
  options.optimization_level = static_cast<std::uint8_t>(number % 4);
  options.strict = number / 4 % 2 != 0;
  options.bounds = number / 8 % 4 == 0 ? Bounds::explicit_checks : Bounds::guard;
  options.resettable = number / 32 % 8 != 0;
  if (number / 3 % 8 == 0) options.shard_bytes = 256;
  if (number / 5 % 8 == 0) options.huge_bytes = 64;
  if (number / 7 % 4 == 0) options.cpu = "native";
  return options;
}

void same(const Outcome& expected, const Outcome& found, const char* what) {
  if (expected == found) return;
  const auto [a, b] = std::ranges::mismatch(expected, found);
  throw std::runtime_error(std::string(what) + ": expected \"" + (a != expected.end() ? *a : "the end") +
                           "\", found \"" + (b != found.end() ? *b : "the end") + "\"");
}

// False where the module has nothing to compare.
bool check(const Sources& sources, const compiler::CompileOptions& options) {
  const Pair modules(sources, options);
  Run run(modules);
  if (!run.is_made()) return false;
  const auto snapshots = run.snapshots();
  if (!snapshots) return false;
  const auto plan = plan_calls(modules.second.module().exports());
  const Outcome first = run.call_all(plan);
  for (int round = 0; round < 2; ++round) {
    run.reset(*snapshots);
    same(first, run.call_all(plan), "after a reset");
  }
  same(first, Run(modules, *snapshots).call_all(plan), "from the snapshot");
  same(first, Run(modules).call_all(plan), "in a new instance");
  return true;
}

Sources generated(std::uint64_t seed, std::uint64_t number) {
  auto modules = generate(seed, number);
  return {std::move(modules.first), std::move(modules.second)};
}

std::uint64_t number_of(int argc, char** argv, std::string_view name, std::uint64_t value) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (argv[i] == name) value = std::strtoull(argv[i + 1], nullptr, 10);
  }
  return value;
}

int check_files(int argc, char** argv) {
  int failed = 0;
  for (int i = 1; i < argc; ++i) {
    for (std::uint64_t way = 0; way < 64; ++way) {
      try {
        if (!check({{}, tests::read_file(argv[i])}, options_of(way))) break;
      } catch (const std::exception& error) {
        std::printf("%s, way %llu: %s\n", argv[i], static_cast<unsigned long long>(way), error.what());
        ++failed;
      }
    }
  }
  return failed;
}

int check_generated(std::uint64_t seed, std::uint64_t first, std::uint64_t count) {
  int failed = 0;
  std::uint64_t checked = 0, number = first;
  for (; checked < count; ++number) {
    try {
      checked += check(generated(seed, number), options_of(number)) ? 1 : 0;
    } catch (const std::exception& error) {
      std::printf("fuzz_reset --seed %llu --first %llu --count 1: %s\n",
                  static_cast<unsigned long long>(seed), static_cast<unsigned long long>(number),
                  error.what());
      ++checked;
      ++failed;
    }
  }
  std::printf("%llu modules checked of %llu, %d failed\n", static_cast<unsigned long long>(checked),
              static_cast<unsigned long long>(number - first), failed);
  return failed;
}

}  // namespace
}  // namespace tenon::fuzz

int main(int argc, char** argv) {
  using namespace tenon::fuzz;
  const bool has_files = argc > 1 && argv[1][0] != '-';
  const int failed =
      has_files ? check_files(argc, argv)
                : check_generated(number_of(argc, argv, "--seed", 1), number_of(argc, argv, "--first", 0),
                                  number_of(argc, argv, "--count", 1000));
  return failed == 0 ? 0 : 1;
}
