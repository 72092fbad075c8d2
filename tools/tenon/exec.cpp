// tenon exec: a WASI command, wired to this process.
#include <unistd.h>

#include "verbs.hpp"

namespace tenon::tool {
namespace {

struct Options {
  CommonOptions common;
  GuestOptions guest;
};

WasiOptions make_wasi(const Options& options, const std::vector<std::string>& arguments) {
  WasiOptions wasi;
  wasi.argument(std::filesystem::path(options.common.artifact).stem().string());
  for (const auto& argument : arguments) wasi.argument(argument);
  wasi.environment_variables = options.guest.environment;
  wasi.preopens = options.guest.directories;
  wasi.inherit_standard_streams();
  // Output that is lost is this program's failure.
  wasi.standard_output = output_to(STDOUT_FILENO);
  wasi.standard_error = output_to(STDERR_FILENO);
  return wasi;
}

int exec(const Options& options, const std::vector<std::string>& arguments) {
  const auto module = load_artifact(options.common);
  if (!module) return report(module.error());
  Imports imports;
  if (const auto added = add_wasi(imports, make_wasi(options, arguments)); !added)
    return report(added.error());
  imports.unknown(options.common.unknown_imports);
  Store store(options.common.store);
  const auto instance = store.instantiate(*module, imports);
  if (!instance) return report(instance.error());
  const auto start = instance->function<void()>("_start");
  if (!start) return report(start.error());
  const auto done = (*start)();
  if (done) return kOk;
  // As the system does with exit(): only the low eight bits count.
  if (done.error().exit_status) return *done.error().exit_status & 0xFF;
  return report(done.error());
}

}  // namespace

void add_exec(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("exec", "Run a WASI command: its `_start`; its exit status is ours");
  auto options = std::make_shared<Options>();
  add_common(*verb, options->common);
  add_guest(*verb, options->guest);
  verb->footer(
      "What follows -- goes to the command: tenon exec [OPTIONS] ARTIFACT [-- ARG...]\n\n"
      "Examples:\n  tenon exec hello.so\n  tenon exec --env LANG=C wc.so -- -l < README.md\n"
      "  tenon exec --dir src::/src:ro --dir out::/out build.so -- /src/main.c");
  verb->callback([options, &action] {
    action = [options](const std::vector<std::string>& rest) { return exec(*options, rest); };
  });
}

}  // namespace tenon::tool
