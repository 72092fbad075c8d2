// spec_runner: WebAssembly's official test suite against the compiler and the
// runtime.
//
//   spec_runner --suite DIR --group core2 -O2
//
// One line for each file, what failed in it below that line, and the totals
// alone on the last line. Exit status: 0 all passed, 1 some failed, 2 usage,
// 77 no suite in DIR.
#include <sys/wait.h>

#include <algorithm>
#include <iostream>
#include <list>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "isolated_run.hpp"
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
  bool json = false;
  bool verbose = false;
  unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
  unsigned timeout_s = 300;
};

std::string totals(const Tally& tally, const char* of_skipped = "") {
  std::string text = std::to_string(tally.passed) + " passed, " + std::to_string(tally.failed) + " failed, " +
                     std::to_string(tally.skipped) + " skipped" + (tally.skipped > 0 ? of_skipped : "");
  if (tally.contradicted > 0) text += ", " + std::to_string(tally.contradicted) + " contradicted";
  return text;
}

class Report {
 public:
  explicit Report(const Options& options) : options_(options) {}

  void add(const SuiteFile& file, const FileResult& result) {
    total_.passed += result.tally.passed;
    total_.failed += result.tally.failed;
    total_.skipped += result.tally.skipped;
    total_.contradicted += result.tally.contradicted;
    files_.push_back({{"file", file.group + "/" + file.name},
                      {"passed", result.tally.passed},
                      {"failed", result.tally.failed},
                      {"skipped", result.tally.skipped},
                      {"contradicted", result.tally.contradicted},
                      {"failures", result.failures}});
    if (options_.json) return;
    std::cout << file.group << '/' << file.name << ": " << totals(result.tally, " (text)") << '\n'
              << result.failures;
    if (result.tally.contradicted > 0) print_contradicted(file.group + "/" + file.name);
    if (options_.verbose) std::cout << result.notes;
    std::cout << std::flush;
  }

  void add_unconvertible(const SuiteFile& file) const {
    if (!options_.json)
      std::cout << file.group << '/' << file.name << ": not run: wast2json cannot read it\n";
  }

  void finish() const {
    if (!options_.json) {
      std::cout << totals(total_) << '\n';
      return;
    }
    const nlohmann::json out{{"files", files_},
                             {"passed", total_.passed},
                             {"failed", total_.failed},
                             {"skipped", total_.skipped},
                             {"contradicted", total_.contradicted}};
    std::cout << out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  }

  [[nodiscard]] bool all_passed() const { return total_.failed == 0; }

 private:
  static void print_contradicted(const std::string& file) {
    for (const Contradicted& item : kContradicted) {
      if (item.file == file) {
        std::cout << file << ':' << item.line << ": cannot hold: " << item.reason << '\n';
      }
    }
  }

  const Options& options_;
  Tally total_;
  nlohmann::json files_ = nlohmann::json::array();
};

void finish_one(std::list<IsolatedRun>& running, Report& report) {
  int status = 0;
  const pid_t child = waitpid(-1, &status, 0);
  const auto run = std::ranges::find(running, child, &IsolatedRun::child);
  if (run == running.end()) return;
  report.add(run->file(), run->result(status));
  running.erase(run);
}

int run_suite(const Options& options, const std::vector<SuiteFile>& files) {
  tests::TempDir temp;
  RunSettings settings{.suite = options.suite,
                       .artifacts = temp / "artifacts",
                       .work = temp / "work",
                       .timeout_s = options.timeout_s};
  settings.compile.optimization_level = static_cast<std::uint8_t>(options.optimization_level);
  settings.compile.strict = true;
  if (options.explicit_bounds) settings.compile.bounds = Bounds::explicit_checks;
  std::filesystem::create_directories(settings.artifacts);

  Report report(options);
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
  app.add_flag("--explicit-bounds", options.explicit_bounds, "Check bounds in code, not by guard pages");
  app.add_flag("--json", options.json, "The report as one JSON object");
  app.add_flag("-v,--verbose", options.verbose, "Also list refusals in another phase than the suite's");
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
  return run_suite(options, selected);
}
