// Runs each module given in Tenon, four ways, and prints what happened as
// event logs (see event_log.hpp):
//
//   fuzz_runner [--timeout SECONDS] MODULE.wasm...
//
//   module PATH
//   plan NAME params i32:0000002a results i32 i64     one for each call made, in order
//   run O0                    optimisation level 0, strict; goes on after a trap
//   …events…
//   run O0-restart            the same in a new instance after each trap
//   run O2-strict             goes on after a trap
//   run O2                    the default mode, in a new instance after each trap
//   end                       or: crash SIGNAL, crash exit status N, timeout
//
// Each module has a process of its own. Functions without parameters come
// first, since those are all that wasm-interp calls; then the others, twice
// each, with arguments that depend on nothing but names and positions.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <limits>
#include <optional>
#include <random>

#include <tenon/store.hpp>

#include "compiler/compiler.hpp"
#include "event_log.hpp"
#include "support/process.hpp"
#include "support/wat.hpp"

namespace tenon::fuzz {
namespace {

struct PlannedCall {
  std::string name;
  std::vector<Value> arguments;
  std::vector<ValueType> results;
};

// What is worth passing, and a little of anything.
std::uint64_t interesting_bits(std::mt19937_64& random) {
  switch (random() % 4) {
    case 0: return random() % 64;
    case 1: return ~(random() % 64);
    case 2: return std::uint64_t{1} << (random() % 64);
    default: return random();
  }
}

Value make_argument(ValueType type, std::mt19937_64& random) {
  constexpr double kNumbers[] = {0.0,          -0.0,   1.0,     -1.5,  2147483647.0, -2147483649.0,
                                 4294967296.0, 9.3e18, -9.3e18, 1e-40, 5e-324,       1e300};
  const double number = kNumbers[random() % std::size(kNumbers)];
  switch (type) {
    case ValueType::f32: return Value::from_f32(static_cast<float>(number));
    case ValueType::f64: return Value::from_f64(number);
    case ValueType::v128: return Value::from_bits(type, interesting_bits(random), interesting_bits(random));
    case ValueType::i32: return Value::from_i32(static_cast<std::int32_t>(interesting_bits(random)));
    default: return Value::from_bits(type, interesting_bits(random));
  }
}

void plan_calls_of(const ExportType& item, unsigned times, std::vector<PlannedCall>& plan) {
  const auto& type = std::get<FunctionType>(item.type);
  for (unsigned time = 0; time < times; ++time) {
    std::seed_seq seed(item.name.begin(), item.name.end());
    std::mt19937_64 random(seed);
    random.discard(64 * time);
    PlannedCall call{.name = item.name, .results = type.results};
    for (const ValueType parameter : type.parameters)
      call.arguments.push_back(make_argument(parameter, random));
    plan.push_back(std::move(call));
  }
}

// What an event log can hold: a name without spaces, and no references.
bool can_be_logged(const std::string& name, const FunctionType& type) {
  const auto is_graphic = [](unsigned char c) { return c > ' ' && c < 0x7F; };
  return !name.empty() && std::ranges::all_of(name, is_graphic) &&
         std::ranges::none_of(type.parameters, is_reference) &&
         std::ranges::none_of(type.results, is_reference);
}

std::vector<PlannedCall> plan_calls(std::span<const ExportType> exports) {
  std::vector<PlannedCall> plan;
  for (const bool with_parameters : {false, true}) {
    for (const ExportType& item : exports) {
      const auto* type = std::get_if<FunctionType>(&item.type);
      if (type == nullptr || type->parameters.empty() == with_parameters || !can_be_logged(item.name, *type))
        continue;
      plan_calls_of(item, with_parameters ? 2 : 1, plan);
    }
  }
  return plan;
}

void print_plan(const std::vector<PlannedCall>& plan) {
  for (const PlannedCall& call : plan) {
    std::string text = call.name + " params" + to_text(call.arguments) + " results";
    for (const ValueType type : call.results) text += " " + std::string(to_string(type));
    write_event("plan", text);
  }
}

// Functions that log what they are given, of any type the guest asks for.
Imports logging_imports(const Module& module) {
  Imports imports;
  for (const ImportType& wanted : module.imports()) {
    const auto* type = std::get_if<FunctionType>(&wanted.type);
    if (type == nullptr) continue;
    const auto log = [](Caller&, std::span<const Value> arguments,
                        std::span<Value>) -> std::expected<void, Error> {
      write_event("log", to_text(arguments));
      return {};
    };
    imports.define(wanted.module, wanted.name, HostFunction(*type, log));
  }
  return imports;
}

void write_failure(const char* kind, const Error& error) {
  error.trap ? write_event(kind, to_string(*error.trap)) : write_event("error", to_string(error));
}

// One instance at a time, and a new one where the last one trapped if so asked.
class Run {
 public:
  Run(const Module& module, bool restart) : module_(module), restart_(restart) { start(); }

  void call(const PlannedCall& planned) {
    if (!instance_) return;
    write_event("call", planned.name);
    const auto function = instance_->function(planned.name);
    if (!function) return write_event("error", to_string(function.error()));
    const auto results = function->call(planned.arguments);
    if (results) {
      write_event("result", to_text(*results));
    } else {
      write_failure("trap", results.error());
      if (restart_) return start();
    }
    write_memory();
  }

 private:
  void start() {
    instance_.reset();
    store_.emplace(StoreOptions{.poison_after_trap = false});
    auto made = store_->instantiate(module_, logging_imports(module_));
    if (made) {
      instance_.emplace(*made);
      return;
    }
    write_failure("instantiate", made.error());
  }

  void write_memory() const {
    const auto memory = instance_->memory();
    if (!memory) return;
    char text[32];
    std::snprintf(text, sizeof text, "%u %08x", static_cast<unsigned>(memory->size() >> 16),
                  hash_memory(memory->data()));
    write_event("memory", text);
  }

  const Module& module_;
  bool restart_;
  std::optional<Store> store_;
  std::optional<Instance> instance_;
};

void run(const char* name, const Module& module, const std::vector<PlannedCall>& plan, bool restart) {
  write_event("run", name);
  Run run(module, restart);
  for (const PlannedCall& call : plan) run.call(call);
}

void run_module(const char* path) {
  const base::Bytes bytes = tests::read_file(path);
  const tests::Guest plain(bytes, {.optimization_level = 0, .strict = true});
  const auto plan = plan_calls(plain.module().exports());
  print_plan(plan);
  run("O0", plain.module(), plan, false);
  run("O0-restart", plain.module(), plan, true);
  run("O2-strict", tests::Guest(bytes, {.optimization_level = 2, .strict = true}).module(), plan, false);
  run("O2", tests::Guest(bytes, {.optimization_level = 2}).module(), plan, true);
}

[[noreturn]] void child(const char* path, unsigned timeout_s) {
  alarm(timeout_s);
  try {
    run_module(path);
  } catch (const std::exception& error) {
    write_event("failure", error.what());
  }
  _exit(0);
}

void run_isolated(const char* path, unsigned timeout_s) {
  write_event("module", path);
  const pid_t pid = fork();
  if (pid == 0) child(path, timeout_s);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
  // LLVM exits with a status where it gives up.
  if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
    return write_event("crash", "exit status " + std::to_string(WEXITSTATUS(status)));
  if (!WIFSIGNALED(status)) return write_event("end", "");
  const int signal = WTERMSIG(status);
  signal == SIGALRM ? write_event("timeout", "") : write_event("crash", strsignal(signal));
}

}  // namespace
}  // namespace tenon::fuzz

int main(int argc, char** argv) {
  unsigned timeout_s = 60;
  int first = 1;
  if (argc > 2 && std::strcmp(argv[1], "--timeout") == 0) {
    timeout_s = static_cast<unsigned>(std::atoi(argv[2]));
    first = 3;
  }
  for (int i = first; i < argc; ++i) tenon::fuzz::run_isolated(argv[i], timeout_s);
}
