// The whole way: a valid module is compiled, loaded and instantiated in a child
// process, and each export called with a deadline. A signal in the child, or a
// sanitizer's report, is a finding.
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <tenon/store.hpp>

#include "compiler/compiler.hpp"
#include "support/process.hpp"
#include "wasm/module.hpp"

namespace {

using namespace tenon;

constexpr std::size_t kLargest = 8 * 1024;  // LLVM's time is not what is looked for
constexpr unsigned kDeadline_s = 2;         // for all calls of a module

std::vector<Value> arguments_of(const FunctionType& type, std::uint64_t bits) {
  std::vector<Value> arguments;
  for (const ValueType parameter : type.parameters) {
    bits = bits * 6364136223846793005u + 1442695040888963407u;
    const bool is_number = !is_reference(parameter);
    arguments.push_back(is_number ? Value::from_bits(parameter, bits >> (bits % 64), bits)
                                  : Value::zero(parameter));
  }
  return arguments;
}

void call_exports(const Instance& instance) {
  for (const ExportType& item : instance.module().exports()) {
    const auto function = instance.function(item.name);
    if (!function) continue;
    for (const std::uint64_t seed : {0u, 1u}) (void)function->call(arguments_of(function->type(), seed));
  }
}

// Never returns: what the guest does to this process is of no matter after it.
[[noreturn]] void child(const std::string& artifact) {
  std::signal(SIGALRM, SIG_DFL);
  alarm(kDeadline_s);
  const auto module = Module::load(artifact);
  if (!module) std::abort();
  Store store({.memory_limit = 16u << 20, .table_limit = 100'000, .poison_after_trap = false});
  Imports imports;
  imports.unknown(UnknownImports::zero);
  const auto instance = store.instantiate(*module, imports);
  if (instance) call_exports(*instance);
  _exit(0);
}

bool ended_well(pid_t process) {
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {}
  const bool too_slow = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
  return too_slow || (WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > kLargest) return -1;
  // The first byte chooses how; the rest is the module.
  const base::ByteView wasm(data + 1, size - 1);
  if (!wasm::read_module(wasm, wasm::default_features())) return -1;
  const auto compiled =
      compiler::compile(wasm, {.optimization_level = static_cast<std::uint8_t>(data[0] % 3),
                               .strict = (data[0] & 4) != 0,
                               .metering = (data[0] & 16) != 0,
                               .bounds = (data[0] & 8) != 0 ? Bounds::explicit_checks : Bounds::guard});
  if (!compiled) return 0;  // the target `compile` looks at these
  const tests::TempDir folder;
  const auto artifact = folder / "guest.so";
  if (!tests::write_file(artifact, compiled->bytes)) std::abort();
  const pid_t process = fork();
  if (process == 0) child(artifact);
  if (process > 0 && !ended_well(process)) std::abort();
  return 0;
}
