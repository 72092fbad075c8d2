// Reads mutants of the official suite's modules, and expects an answer to each:
//
//   mutations --suite FOLDER [--count 20000] [--seed 1] [--only NUMBER] [--stream]
//
// A crash or a hang is told with the command that shows it again. With --stream
// mutants and answers go to standard output, for compare_with_v8.js: a line
// "SIZE ERROR" (no error: accepted) and SIZE bytes for each.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "mutant.hpp"
#include "reference_modules.hpp"
#include "support/process.hpp"
#include "wasm/module.hpp"

namespace tenon::fuzz {
namespace {

struct Settings {
  std::filesystem::path suite;
  std::uint64_t count = 20'000;
  std::uint64_t seed = 1;
  std::optional<std::uint64_t> only;
  bool stream = false;
};

constexpr unsigned kSilence = 20;  // seconds that one mutant may take
constexpr int kSkipped = 77;

void read_script(const std::filesystem::path& script, const tests::TempDir& folder,
                 std::vector<base::Bytes>& modules) {
  const auto json = folder / (script.stem().string() + ".json");
  if (tests::run({"wast2json", script, "-o", json}).exit_status != 0) return;
  const auto commands = nlohmann::json::parse(tests::read_text(json)).at("commands");
  for (const auto& command : commands) {
    if (command.value("type", "") != "module") continue;
    base::Bytes bytes = tests::read_file(folder / command.value("filename", ""));
    if (!bytes.empty() && bytes.size() < 4096) modules.push_back(std::move(bytes));
  }
}

std::vector<base::Bytes> read_suite(const std::filesystem::path& suite) {
  std::vector<std::filesystem::path> scripts;
  for (const auto& entry : std::filesystem::directory_iterator(suite / "core2"))
    scripts.push_back(entry.path());
  std::sort(scripts.begin(), scripts.end());
  const tests::TempDir folder;
  std::vector<base::Bytes> modules;
  for (const auto& script : scripts) read_script(script, folder, modules);
  // Often enough that one mutant in ten is of these few.
  const std::size_t times = modules.size() / 20 + 1;
  for (std::size_t i = 0; i < times; ++i) std::ranges::copy(reference_modules(), std::back_inserter(modules));
  return modules;
}

void write_answer(const base::Bytes& mutant, const std::string& error) {
  std::printf("%zu %s\n", mutant.size(), error.c_str());
  std::fwrite(mutant.data(), 1, mutant.size(), stdout);
}

// Where the child is, in memory that the parent sees.
struct Progress {
  std::uint64_t number = 0;
  std::uint64_t accepted = 0;
};

void read_mutants(const std::vector<base::Bytes>& modules, const Settings& settings, Progress& progress) {
  const std::uint64_t first = settings.only.value_or(0);
  const std::uint64_t end = settings.only ? first + 1 : settings.count;
  for (std::uint64_t number = first; number < end; ++number) {
    progress.number = number;
    if (!settings.stream) alarm(kSilence);  // else who reads it may keep us waiting
    const base::Bytes mutant = make_mutant(modules, settings.seed, number);
    const auto module = wasm::read_module(mutant, wasm::default_features());
    progress.accepted += module.has_value();
    if (settings.stream) write_answer(mutant, module ? "" : to_string(module.error()));
  }
}

int run(const Settings& settings, const char* program) {
  if (!std::filesystem::exists(settings.suite / "core2")) {
    std::fprintf(stderr, "no official suite in %s\n", settings.suite.c_str());
    return kSkipped;
  }
  const auto modules = read_suite(settings.suite);
  void* shared = mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (modules.empty() || shared == MAP_FAILED) {
    std::fprintf(stderr, modules.empty() ? "wast2json makes no modules\n" : "mmap failed\n");
    return 1;
  }
  auto& progress = *new (shared) Progress;

  const pid_t child = fork();
  if (child == 0) {
    read_mutants(modules, settings, progress);
    std::fflush(stdout);
    _exit(0);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  if (status != 0) {
    std::fprintf(stderr, "%s\nagain: %s --suite %s --seed %llu --only %llu\n",
                 WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "the reader ended the process", program,
                 settings.suite.c_str(), static_cast<unsigned long long>(settings.seed),
                 static_cast<unsigned long long>(progress.number));
    return 1;
  }
  std::fprintf(stderr, "%llu mutants of %zu modules, %llu accepted\n",
               static_cast<unsigned long long>(settings.only ? 1 : settings.count), modules.size(),
               static_cast<unsigned long long>(progress.accepted));
  return 0;
}

std::optional<Settings> parse(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "--stream") {
      settings.stream = true;
      continue;
    }
    if (++i == argc) return std::nullopt;
    const auto number = std::strtoull(argv[i], nullptr, 10);
    if (option == "--suite")
      settings.suite = argv[i];
    else if (option == "--count")
      settings.count = number;
    else if (option == "--seed")
      settings.seed = number;
    else if (option == "--only")
      settings.only = number;
    else
      return std::nullopt;
  }
  return settings;
}

}  // namespace
}  // namespace tenon::fuzz

int main(int argc, char** argv) {
  const auto settings = tenon::fuzz::parse(argc, argv);
  if (!settings || settings->suite.empty()) {
    std::fprintf(stderr, "usage: %s --suite FOLDER [--count N] [--seed N] [--only N] [--stream]\n", argv[0]);
    return 2;
  }
  return tenon::fuzz::run(*settings, argv[0]);
}
