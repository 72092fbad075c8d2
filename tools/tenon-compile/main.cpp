// tenon-compile: a WebAssembly module in, a native shared object out. What
// `tenon compile` runs.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/utf8.hpp"
#include "check.hpp"
#include "compile_in_child.hpp"
#include "compiler/compiler.hpp"
#include "input.hpp"
#include "limit_options.hpp"

namespace {

using tenon::compiler::CompileOptions;
using tenon::compiler::Emit;
using tenon::tools::Compiled;

struct Arguments {
  std::string input;
  std::string output;
  CompileOptions options;
  tenon::tools::LimitOptions limits;
  bool json = false;
  bool verbose = false;
  bool check = false;
};

constexpr char kExamples[] = R"(Examples:
  tenon compile plugin.wasm -o plugin.so
  tenon compile plugin.wasm -o plugin.so -O3 --cpu x86-64-v3
  tenon compile fac.wat -o fac.so && tenon call fac.so fac 20
  tenon compile plugin.wasm -o plugin.s --emit asm
  tenon compile plugin.wasm -o plugin.so --metering && tenon run plugin.so --fuel 1000000
  curl https://example.org/plugin.wasm | tenon compile - -o plugin.so)";

// --enable and --disable, in the order given; the last word on a proposal counts.
void add_features(CLI::App& app, CompileOptions& options) {
  std::string known;
  for (std::size_t i = 0; i < tenon::wasm::kFeatureCount; ++i) {
    known += (known.empty() ? "" : ", ") + std::string(to_string(static_cast<tenon::wasm::Feature>(i)));
  }
  auto change = [&options, known](const std::vector<std::string>& names, auto apply) {
    for (const auto& name : names) {
      const auto feature = tenon::wasm::feature_from_name(name);
      if (!feature) throw CLI::ValidationError("no proposal is named \"" + name + "\"; known: " + known);
      if (*feature == tenon::wasm::Feature::gc && apply == &tenon::wasm::FeatureSet::enable)
        throw CLI::ValidationError("the proposal gc cannot be compiled yet");
      (options.features.*apply)(*feature);
    }
  };
  using Set = tenon::wasm::FeatureSet;
  app.add_option_function<std::vector<std::string>>(
         "--enable", [change](const std::vector<std::string>& names) { change(names, &Set::enable); },
         "Allow modules to use a proposal, such as extended-const; repeatable")
      ->type_name("PROPOSAL")
      ->allow_extra_args(false)
      ->trigger_on_parse();
  app.add_option_function<std::vector<std::string>>(
         "--disable", [change](const std::vector<std::string>& names) { change(names, &Set::disable); },
         "Refuse modules that use a proposal, such as simd; repeatable")
      ->type_name("PROPOSAL")
      ->allow_extra_args(false)
      ->trigger_on_parse();
}

// An option whose value is one of a few words.
template <typename T>
void add_choice(CLI::App& app, const std::string& name, T& target, const std::map<std::string, T>& words,
                const std::string& description) {
  std::vector<std::string> names;
  for (const auto& [word, value] : words) names.push_back(word);
  app.add_option_function<std::string>(
         name, [&target, words](const std::string& word) { target = words.at(word); }, description)
      ->check(CLI::IsMember(names))
      ->type_name("");
}

void add_options(CLI::App& app, Arguments& arguments) {
  auto& options = arguments.options;
  app.add_option("INPUT", arguments.input,
                 "The module: .wasm, or .wat where wat2wasm is installed; - is standard input")
      ->required();
  app.add_option("-o,--output", arguments.output, "Where the result goes; - is standard output")
      ->required()
      ->type_name("FILE");
  app.add_option_function<int>(
         "-O,--optimize", [&](int level) { options.optimization_level = static_cast<std::uint8_t>(level); },
         "Optimisation level, 0 to 3 (default 2)")
      ->check(CLI::Range(0, 3))
      ->type_name("LEVEL");
  app.add_option("--cpu", options.cpu,
                 "CPU to compile for: " + std::string(tenon::compiler::cpus_to_choose_from()))
      ->type_name("NAME");
  app.add_option("--target", options.target_triple,
                 "Target triple (default " + std::string(tenon::compiler::default_target()) + ")")
      ->type_name("TRIPLE");
  app.add_flag("--strict", options.strict,
               "Keep every trap, in order, even where nothing uses the value that would trap");
  app.add_flag("--metering", options.metering,
               "Count what the module executes, so that --fuel can limit it; it runs slower then");
  add_choice<tenon::Bounds>(app, "--bounds", options.bounds,
                            {{"guard", tenon::Bounds::guard}, {"explicit", tenon::Bounds::explicit_checks}},
                            "How memory accesses are checked: by guard pages (default) or in code");
  app.add_flag("--spectre", options.spectre,
               "Harden loads, so that mispredicted branches read no secrets; it runs slower then");
  app.add_flag("--resettable", options.resettable,
               "Make undoing what a call wrote cheap, for hosts that start every call from the same state");
  add_choice<Emit>(app, "--emit", options.emit,
                   {{"so", Emit::shared_object},
                    {"obj", Emit::object},
                    {"asm", Emit::assembly},
                    {"llvm-ir", Emit::llvm_ir}},
                   "What to write (default so)");
  app.add_option("-j,--jobs", options.jobs, "Threads for a large module (default: one for each processor)")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  arguments.limits.add_to(app, "compile", "the module");
  add_features(app, options);
  app.add_flag(
      "--check", arguments.check,
      "Read the made code back and look for faults of the compiler; write nothing where there is one");
  app.add_flag("--json", arguments.json, "Print a summary as JSON on standard output");
  app.add_flag("-v,--verbose", arguments.verbose, "Print a summary on standard error");
  app.footer(kExamples);
}

// One line, redrawn, on a terminal only.
class ProgressBar {
 public:
  explicit ProgressBar(int descriptor)
      : start_(std::chrono::steady_clock::now()), terminal_(isatty(descriptor) == 1 ? descriptor : -1) {}
  ~ProgressBar() {
    if (drawn_) dprintf(terminal_, "\r\033[K");
  }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void update(double done, const char* step) {
    // Work that is over at once needs no bar.
    if (terminal_ < 0 || std::chrono::steady_clock::now() - start_ < std::chrono::milliseconds(300)) return;
    constexpr int kWidth = 30;
    const int filled = static_cast<int>(done * kWidth);
    dprintf(terminal_, "\r\033[K[%.*s%*s] %3.0f%% %s", filled, "##############################",
            kWidth - filled, "", done * 100, step);
    drawn_ = true;
  }

 private:
  std::chrono::steady_clock::time_point start_;
  int terminal_;
  bool drawn_ = false;
};

std::function<void(double, const char*)> make_progress(int messages) {
  return [bar = std::make_shared<ProgressBar>(messages)](double done, const char* step) {
    bar->update(done, step);
  };
}

void print(const nlohmann::json& json) {
  std::cout << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

// With --json also as JSON, where its readers look.
int report(const Arguments& arguments, const tenon::Error& error) {
  if (arguments.json) {
    print(
        {{"error",
          {{"phase", to_string(error.phase)}, {"code", to_string(error.code)}, {"message", error.message}}}});
  }
  std::cerr << "tenon: " << to_string(error) << '\n';
  return 1;
}

int usage_error(const std::string& message) {
  std::cerr << "tenon: usage: " << tenon::base::printable(message, 2000) << '\n';
  return 2;
}

void summarize(const Arguments& arguments, std::size_t input_size, const Compiled& result, double seconds) {
  if (arguments.json) {
    nlohmann::json summary{{"input", arguments.input},  {"output", arguments.output},
                           {"input_bytes", input_size}, {"output_bytes", result.bytes.size()},
                           {"seconds", seconds},        {"source_sha256", result.source_sha256},
                           {"remarks", result.remarks}, {"producer", result.producer}};
    if (arguments.check) summary["check"] = result.check;
    print(summary);
  }
  if (arguments.verbose) {
    for (const auto& remark : result.remarks) {
      std::cerr << "tenon: compile: " << tenon::base::printable(remark, 2000) << '\n';
    }
    std::fprintf(stderr, "%s: %zu bytes of wasm, %zu bytes written in %.3f s\n", arguments.output.c_str(),
                 input_size, result.bytes.size(), seconds);
  }
}

int compile(const Arguments& arguments) {
  if (arguments.json && arguments.output == "-")
    return usage_error("--json and -o - both write to standard output; give one of them a file");
  if (tenon::tools::is_same_file(arguments.input, arguments.output))
    return usage_error("-o " + arguments.output + " would overwrite the module that is compiled");
  if (arguments.check && arguments.options.emit != Emit::shared_object)
    return usage_error("--check reads an artifact; it goes with --emit so alone");
  const auto start = std::chrono::steady_clock::now();
  const auto input = tenon::tools::read_input(arguments.input);
  if (!input) return report(arguments, input.error());
  auto limits = arguments.limits.limits_for(input->size());
  limits.is_optimising = arguments.options.optimization_level > 0;
  const auto result = tenon::tools::compile_in_child(*input, arguments.options, limits, arguments.input,
                                                     arguments.check, make_progress);
  if (!result) return report(arguments, result.error());
  if (arguments.check) {
    const bool is_fine = tenon::tools::is_fine(result->check);
    if (arguments.verbose || !is_fine) tenon::tools::say(arguments.output, result->check);
    if (!is_fine && arguments.json) print({{"check", result->check}});
    if (!is_fine) return 1;
  }
  if (auto written = tenon::tools::write_output(arguments.output, result->bytes); !written) {
    return report(arguments, written.error());
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  summarize(arguments, input->size(), *result, taken.count());
  if (std::cout.flush()) return 0;
  std::cerr << "tenon: write: cannot write the summary: " << std::strerror(errno) << '\n';
  return 1;
}

}  // namespace

int main(int count, char** values) {
  std::signal(SIGXFSZ,
              SIG_IGN);  // a limit on files, also in memory (ulimit -f), is an error like a full disk
  if (count > 1 && std::strcmp(values[1], "check") == 0)
    return tenon::tools::check_files(count - 1, values + 1);
  CLI::App app("Compiles a WebAssembly module to a native shared object, ahead of time.", "tenon compile");
  app.set_version_flag("--version,-V",
                       "tenon-compile " TENON_VERSION " (LLVM " + tenon::compiler::llvm_version() + ")");
  Arguments arguments;
  add_options(app, arguments);
  try {
    app.parse(count, values);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return usage_error(std::string(error.what()) + "; see tenon compile --help");
  }
  return compile(arguments);
}
