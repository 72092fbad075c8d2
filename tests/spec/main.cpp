// spec_runner: WebAssembly's official test suite against the compiler and the
// runtime.
//
//   spec_runner --suite DIR --group core2 -O2
//
// One line for each file, what failed in it below that line, a table with a row
// for each proposal, and the totals alone on the last line. Exit status: 0 all
// passed, 1 some failed, 2 usage, 77 no suite in DIR.
#include <sys/wait.h>

#include <algorithm>
#include <iostream>
#include <list>
#include <thread>

#include <CLI/CLI.hpp>

#include "isolated_run.hpp"
#include "report.hpp"
#include "support/process.hpp"

namespace {

using namespace tenon;
using namespace tenon::spec;

constexpr int kSkipped = 77;  // ctest's SKIP_RETURN_CODE

struct Options {
  std::filesystem::path suite;
  Selection selection;
  unsigned optimization_level = 2;
  bool explicit_bounds = false;
  bool generic_vectors = false;
  bool metering = false;
  bool spectre = false;
  std::uint64_t shard_bytes = 0;
  std::uint64_t huge_bytes = 0;
  Report::Style style;
  unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
  unsigned timeout_s = 300;
};

void finish_one(std::list<IsolatedRun>& running, Report& report) {
  int status = 0;
  const pid_t child = waitpid(-1, &status, 0);
  const auto run = std::ranges::find(running, child, &IsolatedRun::child);
  if (run == running.end()) return;
  report.add(run->file(), run->result(status));
  running.erase(run);
}

int run_suite(const Options& options, const std::vector<SuiteFile>& files, Contradicted contradicted) {
  tests::TempDir temp;
  RunSettings settings{.suite = options.suite,
                       .artifacts = temp / "artifacts",
                       .work = temp / "work",
                       .contradicted = std::move(contradicted),
                       .timeout_s = options.timeout_s};
  settings.compile.optimization_level = static_cast<std::uint8_t>(options.optimization_level);
  settings.compile.strict = true;
  settings.compile.metering = options.metering;
  settings.compile.spectre = options.spectre;
  settings.compile.shard_bytes = options.shard_bytes;
  settings.compile.huge_bytes = options.huge_bytes;
  settings.compile.jobs = 1;  // the runs themselves are parallel
  settings.compile.machine_rules = !options.generic_vectors;
  if (options.explicit_bounds) settings.compile.bounds = Bounds::explicit_checks;
  std::filesystem::create_directories(settings.artifacts);

  Report report(options.style);
  std::list<IsolatedRun> running;
  for (const auto& file : files) {
    if (!file.converts) {
      report.add_unconvertible(file);
      continue;
    }
    if (running.size() >= options.jobs) finish_one(running, report);
    running.emplace_back(file, settings);
  }
  while (!running.empty()) finish_one(running, report);
  report.finish();
  return report.all_passed() ? 0 : 1;
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("--suite", options.suite, "Folder with MANIFEST.txt and the groups")->required();
  app.add_option("--group", options.selection.groups, "Only these groups");
  app.add_option("--exclude-prefix", options.selection.excluded_prefixes, "Not the files that begin so");
  app.add_option("--filter", options.selection.glob, "Only files whose name matches this pattern");
  app.add_option("-O", options.optimization_level, "Optimisation level")->check(CLI::Range(0, 3));
  app.add_flag("--generic-vectors", options.generic_vectors,
               "Vector operators without the machine's own instructions");
  app.add_flag("--metering", options.metering, "Count what is executed");
  app.add_flag("--spectre", options.spectre, "Harden loads");
  app.add_flag("--explicit-bounds", options.explicit_bounds, "Check bounds in code, not by guard pages");
  app.add_option("--shard-bytes", options.shard_bytes, "Cut modules into shards of about so many bytes");
  app.add_option("--huge-bytes", options.huge_bytes, "Take larger bodies for too large to be optimised");
  app.add_flag("--json", options.style.json, "The report as one JSON object");
  app.add_flag("-v,--verbose", options.style.verbose, "Also list refusals in another phase than the suite's");
  app.add_option("-j,--jobs", options.jobs, "Files at a time")->check(CLI::Range(1, 256));
  app.add_option("--timeout", options.timeout_s, "Seconds for each file");
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Runs WebAssembly's official test suite");
  add_options(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const auto manifest = options.suite / "MANIFEST.txt";
  if (!std::filesystem::exists(manifest)) {
    std::cout << "skipped: no official test suite: " << manifest.string() << " does not exist\n";
    return kSkipped;
  }
  const auto files = read_manifest(manifest);
  if (!files) {
    std::cerr << "spec_runner: " << files.error() << '\n';
    return 2;
  }
  const auto selected = select(*files, options.selection);
  if (selected.empty()) {
    std::cerr << "spec_runner: no file of the manifest is selected\n";
    return 2;
  }
  auto contradicted = Contradicted::read(TENON_CONTRADICTED);
  if (!contradicted) {
    std::cerr << "spec_runner: " << contradicted.error() << '\n';
    return 2;
  }
  return run_suite(options, selected, std::move(*contradicted));
}
