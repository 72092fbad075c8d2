#include "isolated_run.hpp"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <new>
#include <stdexcept>
#include <string_view>

#include "support/process.hpp"

namespace tenon::spec {

namespace {

constexpr char kFailures[] = "failures.txt";
constexpr char kNotes[] = "notes.txt";

// What each of wast2json's flags stands for: the features on top of 2.0 with
// which a file of the suite is to be read. A file holds rules of its time, so
// that it may contradict whatever came later.
struct FlagFeatures {
  std::string_view flag;
  std::initializer_list<wasm::Feature> features;
};
const FlagFeatures kFlagFeatures[] = {
    {"--enable-exceptions", {wasm::Feature::exceptions, wasm::Feature::legacy_exceptions}},
    {"--enable-extended-const", {wasm::Feature::extended_const}},
    {"--enable-function-references", {wasm::Feature::function_references}},
    {"--enable-memory64", {wasm::Feature::memory64}},
    {"--enable-multi-memory", {wasm::Feature::multi_memory}},
    {"--enable-relaxed-simd", {wasm::Feature::relaxed_simd}},
    {"--enable-tail-call", {wasm::Feature::tail_calls}},
    {"--enable-threads", {wasm::Feature::threads}},
};

wasm::FeatureSet features_of(const SuiteFile& file) {
  wasm::FeatureSet features = wasm::webassembly2_features();
  for (const std::string& flag : file.converter_flags) {
    const auto* found = std::ranges::find(kFlagFeatures, flag, &FlagFeatures::flag);
    if (found == std::end(kFlagFeatures)) throw std::runtime_error("no feature is known for " + flag);
    for (const wasm::Feature feature : found->features) features.enable(feature);
  }
  return features;
}

// The same bytes mean something else with other features, so that artifacts
// are shared only among files with the same flags.
std::filesystem::path artifact_folder(const SuiteFile& file, const RunSettings& settings) {
  std::filesystem::path folder = settings.artifacts / "2.0";
  for (const std::string& flag : file.converter_flags) folder += flag;
  std::filesystem::create_directories(folder);
  return folder;
}

std::expected<std::vector<Command>, std::string> convert(const SuiteFile& file, const RunSettings& settings,
                                                         const std::filesystem::path& json) {
  std::vector<std::string> argv{TENON_WAST2JSON, settings.suite / file.group / file.name, "-o", json};
  argv.insert(argv.end(), file.converter_flags.begin(), file.converter_flags.end());
  const auto done = tests::run(argv);
  if (done.exit_status != 0) return std::unexpected("wast2json: " + done.standard_error);
  return read_script(json);
}

}  // namespace

void IsolatedRun::Unmap::operator()(Progress* progress) const { munmap(progress, sizeof(Progress)); }

IsolatedRun::IsolatedRun(const SuiteFile& file, const RunSettings& settings)
    : file_(file), folder_(settings.work / file.group / file.name) {
  std::filesystem::create_directories(folder_);
  void* shared = mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) throw std::runtime_error("mmap: " + std::string(strerror(errno)));
  progress_.reset(new (shared) Progress);
  child_ = fork();
  if (child_ < 0) throw std::runtime_error("fork: " + std::string(strerror(errno)));
  if (child_ != 0) return;
  alarm(settings.timeout_s);
  try {
    run_in_child(settings);
  } catch (const std::exception& error) {
    ++progress_->tally.failed;
    report(kFailures, progress_->line, error.what());
  }
  progress_->finished = true;
  // Not exit(): what the parent had yet to print must not be printed twice.
  _exit(0);
}

void IsolatedRun::run_in_child(const RunSettings& settings) {
  const auto commands = convert(file_, settings, folder_ / "script.json");
  if (!commands) throw std::runtime_error(commands.error());
  RunnerHooks hooks{
      .before = [this](std::uint32_t line) { progress_->line = line; },
      .is_contradicted = [&](std::uint32_t line) { return settings.contradicted.contains(label(), line); },
      .failure = [this](std::uint32_t line, const std::string& text) { report(kFailures, line, text); },
      .note = [this](std::uint32_t line, const std::string& text) { report(kNotes, line, text); }};
  compiler::CompileOptions compile = settings.compile;
  compile.features = features_of(file_);
  Runner runner(folder_, Artifacts(artifact_folder(file_, settings), compile), hooks, progress_->tally);
  runner.run(*commands);

  const Tally& tally = progress_->tally;
  if (tally.passed + tally.failed + tally.skipped + tally.contradicted < file_.assertions) {
    throw std::runtime_error("the manifest counts " + std::to_string(file_.assertions) +
                             " assertions, the script has fewer");
  }
}

void IsolatedRun::report(const char* name, std::uint32_t line, const std::string& text) const {
  std::ofstream out(folder_ / name, std::ios::app);
  out << label() << ':' << line << ": " << text << '\n';
}

std::string IsolatedRun::describe_end(int wait_status) const {
  std::string what = "the runner exited early";
  if (WIFSIGNALED(wait_status)) {
    const int signal = WTERMSIG(wait_status);
    what = signal == SIGALRM ? "timed out" : "crashed: " + std::string(strsignal(signal));
  }
  return label() + ":" + std::to_string(progress_->line) + ": " + what +
         "; the commands after it did not run\n";
}

FileResult IsolatedRun::result(int wait_status) const {
  FileResult result{.tally = progress_->tally,
                    .failures = tests::read_text(folder_ / kFailures),
                    .notes = tests::read_text(folder_ / kNotes)};
  if (!progress_->finished) {
    ++result.tally.failed;
    result.failures += describe_end(wait_status);
  }
  return result;
}

}  // namespace tenon::spec
