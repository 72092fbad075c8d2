// Runs each module given in Tenon, five ways, and prints what happened as
// event logs (see event_log.hpp):
//
//   fuzz_runner [--timeout SECONDS] [--near-the-end N] MODULE.wasm...
//
//   module PATH
//   import 3 params i32 v128 results i64              one for each imported function that logs
//   first-import …                                    the same of MODULE.first.wasm
//   plan NAME params i32:0000002a results i32 i64     one for each call made, in order
//   run O0                    optimisation level 0, strict; goes on after a trap
//   …events…
//   run O0-restart            the same in a new instance after each trap
//   run O1-explicit           strict, bounds checked by code, on a small stack
//   run O2-strict             on a small stack, too; both go on after a trap
//   run O2                    the default mode, in a new instance after each trap
//   run near-the-end          N times all calls, from N places near the end of the
//                             stack, while signals arrive; without events
//   end                       or: crash SIGNAL, crash exit status N, timeout,
//                             failure WHY, touched WHAT
//
// Each module has a process of its own. Functions without parameters come
// first, since those are all that wasm-interp calls; then the others, twice
// each, with arguments that depend on nothing but names and positions. An export
// "digest" is called after each of them, and an exported global "fuel" has its
// first value again before each.
//
// Imports of "first" are the exports of another instance, of MODULE.first.wasm
// (for MODULE.wasm); all other imported functions log what they are given.
//
// After each call it is checked that nothing was touched which is not the
// guest's (checked_call.hpp, canaries.hpp).
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <optional>
#include <set>

#include <tenon/store.hpp>

#include "canaries.hpp"
#include "checked_call.hpp"
#include "compiler/compiler.hpp"
#include "event_log.hpp"
#include "module_pair.hpp"
#include "near_the_end.hpp"
#include "planned_calls.hpp"
#include "support/process.hpp"
#include "support/wat.hpp"

namespace tenon::fuzz {
namespace {

constexpr std::size_t kHostStackReserve = 24 * 1024;

std::string names_of(std::span<const ValueType> types) {
  std::string text;
  for (const ValueType type : types) text += " " + std::string(to_string(general_type(type)));
  return text;
}

void print_imports(const char* event, const Module& module) {
  std::size_t place = 0;
  for (const ImportType& item : module.imports()) {
    if (const auto* type = std::get_if<FunctionType>(&item.type); type && item.module != kFirstInstance) {
      write_event(event, std::to_string(place) + " params" + names_of(type->parameters) + " results" +
                             names_of(type->results));
    }
    ++place;
  }
}

void print_plan(const std::vector<PlannedCall>& plan) {
  for (const PlannedCall& call : plan)
    write_event("plan",
                call.shown + " params" + to_text(call.arguments) + " results" + names_of(call.results));
}

void log_event(const std::string& values) { write_event("log", values); }

void write_failure(const char* kind, const Error& error) {
  if (error.code == ErrorCode::uncaught_exception) return write_event(kind, to_string(error.code));
  error.trap ? write_event(kind, to_string(*error.trap)) : write_event("error", to_string(error));
}

// One instance at a time, and a new one where the last one trapped if so asked.
class Run {
 public:
  Run(const Pair& modules, bool restart) : modules_(modules), restart_(restart) { start(); }

  void call(const PlannedCall& planned) {
    if (!instance_) return;
    write_event("call", planned.shown);
    for (const auto& [global, value] : fuel_) (void)global.set(value);
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

  // For what it may touch.
  void call_unseen(const PlannedCall& planned) {
    if (!instance_) return;
    for (const auto& [global, value] : fuel_) (void)global.set(value);
    if (const auto function = instance_->function(planned.name)) (void)function->call(planned.arguments);
  }

 private:
  void note_fuel(const Instance& instance) {
    const auto found = instance.find_export(kFuel);
    if (const auto* global = found ? std::get_if<Global>(&*found) : nullptr)
      fuel_.emplace_back(*global, global->get());
  }

  void start() {
    fuel_.clear();
    instance_.reset();
    store_.emplace(StoreOptions{.host_stack_reserve = kHostStackReserve, .poison_after_trap = false});
    Imports imports = logging_imports(modules_.second.module(), log_event);
    if (modules_.first && !import_first(imports)) return;
    auto made = store_->instantiate(modules_.second.module(), imports);
    if (made) {
      instance_.emplace(*made);
      note_fuel(*made);
      return;
    }
    write_failure("instantiate", made.error());
  }

  bool import_first(Imports& imports) {
    const Module& first = modules_.first->module();
    const auto made = store_->instantiate(first, logging_imports(first, log_event));
    if (!made) {
      write_failure("instantiate", made.error());
      return false;
    }
    note_fuel(*made);
    for (const ExportType& item : first.exports()) {
      const auto found = made->find_export(item.name);
      if (found)
        std::visit([&](const auto& handle) { imports.define(kFirstInstance, item.name, handle); }, *found);
    }
    return true;
  }

  void write_memory() const {
    const auto memory = instance_->memory();
    if (!memory) return;
    char text[32];
    std::snprintf(text, sizeof text, "%u %08x", static_cast<unsigned>(memory->size() >> 16),
                  hash_memory(memory->data()));
    write_event("memory", text);
  }

  const Pair& modules_;
  bool restart_;
  std::optional<Store> store_;
  std::optional<Instance> instance_;
  std::vector<std::pair<Global, Value>> fuel_;  // of each instance, with what it starts with
};

// Where calls are made: on the main thread, or on a small stack beside a sleeping thread.
class Place {
 public:
  enum class Stack : std::uint8_t { main, small };

  void run(Stack stack, const std::function<void()>& work) {
    std::optional<std::string> found;
    const auto checked = [&] { found = checked_call(work); };
    stack == Stack::small ? threads_.run(checked) : checked();
    if (!found) found = threads_.touched();
    if (!found) return;
    write_event("touched", *found);
    _exit(0);
  }

 private:
  CanaryThreads threads_;
};

void run(const char* name, const Pair& modules, const std::vector<PlannedCall>& plan, bool restart,
         Place& place, Place::Stack stack) {
  write_event("run", name);
  std::optional<Run> run;
  place.run(stack, [&] { run.emplace(modules, restart); });
  for (const PlannedCall& call : plan) place.run(stack, [&] { run->call(call); });
}

// From above the reserve that a call must find, 64 KiB up, in equal steps from a place
// that hangs on the module: with 4,096 of them every one of 16 bytes.
void run_near_the_end(const Pair& modules, const std::vector<PlannedCall>& plan, unsigned places,
                      std::size_t first, Place& place) {
  if (places == 0 || plan.empty()) return;
  constexpr std::size_t kRange = 64 * 1024;
  write_event("run", "near-the-end");
  mute_events(true);
  std::optional<Run> run;
  const auto call_all = [&] {
    for (const PlannedCall& call : plan) place.run(Place::Stack::main, [&] { run->call_unseen(call); });
  };
  place.run(Place::Stack::main, [&] { run.emplace(modules, false); });
  call_all();
  const Ticks ticks;
  for (std::size_t i = 0; i < places; ++i) {
    const std::size_t at = (first * 16 + i * (kRange / places)) % kRange & ~std::size_t{15};
    const ShortStack stack(kHostStackReserve + at);
    call_all();
  }
  mute_events(false);
}

void run_module(const std::filesystem::path& path, unsigned places) {
  using enum Place::Stack;
  const Sources sources{tests::read_file(std::filesystem::path(path).replace_extension(".first.wasm")),
                        tests::read_file(path)};
  auto features = wasm::default_features();
  features.enable(wasm::Feature::legacy_exceptions);
  const auto compiled = [&](std::uint8_t level, bool strict, Bounds bounds) {
    return Pair(sources,
                {.optimization_level = level, .strict = strict, .bounds = bounds, .features = features});
  };
  const Pair plain = compiled(0, true, Bounds::guard);
  const Pair explicit_bounds = compiled(1, true, Bounds::explicit_checks);
  const Pair strict = compiled(2, true, Bounds::guard);
  const Pair usual = compiled(2, false, Bounds::guard);
  const auto plan = plan_calls(plain.second.module().exports());
  print_imports("import", plain.second.module());
  if (plain.first) print_imports("first-import", plain.first->module());
  print_plan(plan);
  Place place;
  run("O0", plain, plan, false, place, main);
  run("O0-restart", plain, plan, true, place, main);
  run("O1-explicit", explicit_bounds, plan, false, place, small);
  run("O2-strict", strict, plan, false, place, small);
  run("O2", usual, plan, true, place, main);
  run_near_the_end(usual, plan, places, sources.second.size(), place);
}

[[noreturn]] void child(const char* path, unsigned timeout_s, unsigned places) {
  // Of its own time, so that a machine with other work to do is no hang; asleep it may be for longer.
  const rlimit limit{timeout_s, timeout_s + 1};
  setrlimit(RLIMIT_CPU, &limit);
  alarm(10 * timeout_s);
  try {
    run_module(path, places);
  } catch (const std::exception& error) {
    write_event("failure", error.what());
  }
  _exit(0);
}

void run_isolated(const char* path, unsigned timeout_s, unsigned places) {
  write_event("module", path);
  const pid_t pid = fork();
  if (pid == 0) child(path, timeout_s, places);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
  // LLVM exits with a status where it gives up.
  if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
    return write_event("crash", "exit status " + std::to_string(WEXITSTATUS(status)));
  if (!WIFSIGNALED(status)) return write_event("end", "");
  const int signal = WTERMSIG(status);
  signal == SIGALRM || signal == SIGXCPU ? write_event("timeout", "")
                                         : write_event("crash", strsignal(signal));
}

}  // namespace
}  // namespace tenon::fuzz

int main(int argc, char** argv) {
  unsigned timeout_s = 60, places = 0;
  int first = 1;
  for (; first + 1 < argc && argv[first][0] == '-'; first += 2) {
    const bool is_timeout = std::strcmp(argv[first], "--timeout") == 0;
    (is_timeout ? timeout_s : places) = static_cast<unsigned>(std::strtoul(argv[first + 1], nullptr, 10));
  }
  for (int i = first; i < argc; ++i) tenon::fuzz::run_isolated(argv[i], timeout_s, places);
}
