#include "check.hpp"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <iostream>

#include "base/utf8.hpp"
#include "contained.hpp"
#include "input.hpp"
#include "limit_options.hpp"

namespace tenon::tools {

namespace {

using nlohmann::json;

constexpr char kAbout[] =
    "Reads the code of artifacts back and looks for faults of the compiler. It finds bugs; it is no "
    "boundary: load only artifacts from a compiler that you trust.";
constexpr char kExamples[] = R"(Examples:
  tenon check plugin.so
  tenon check --json a.so b.so
Exit status: 0 nothing found, 1 something found or not readable, 2 usage.)";

// Safety: the bytes are whatever somebody gave; what they do to LLVM's tables and readers,
// they do in a child with limits.
std::expected<json, Error> check_in_child(const std::string& path, const LimitOptions& options) {
  const auto bytes = read_input(path);
  if (!bytes) return std::unexpected(bytes.error());
  auto limits = options.limits_for(bytes->size());
  limits.doing = "checking";
  limits.is_optimising = false;
  const auto run = [&](int) -> std::expected<Made, Error> {
    auto report = compiler::check_artifact(*bytes);
    if (report) return Made{.report = to_json(*report), .bytes = {}};
    report.error().message = path + ": " + report.error().message;
    return std::unexpected(report.error());
  };
  auto made = run_in_child({.name = path,
                            .input_bytes = bytes->size(),
                            .who = "the check",
                            .advice = "compile the artifact again; if that helps not, report it with both",
                            .phase = Phase::load,
                            .run = run},
                           limits);
  if (!made) return std::unexpected(made.error());
  return std::move(made->report);
}

struct Arguments {
  std::vector<std::string> artifacts;
  LimitOptions limits;
  bool json = false, is_quiet = false;
};

void add_options(CLI::App& app, Arguments& arguments) {
  app.add_option("ARTIFACT", arguments.artifacts, "Compiled artifacts; - is standard input")->required();
  app.add_flag("--json", arguments.json, "Print the reports as JSON on standard output");
  app.add_flag("-q,--quiet", arguments.is_quiet, "Say nothing of artifacts in which nothing is found");
  arguments.limits.add_to(app, "check each artifact", "the artifact");
  app.footer(kExamples);
}

json to_json(const Error& error) {
  return {{"phase", to_string(error.phase)}, {"code", to_string(error.code)}, {"message", error.message}};
}

int check_all(const Arguments& arguments) {
  bool are_fine = true;
  json reports = json::array();
  for (const auto& path : arguments.artifacts) {
    auto report = check_in_child(path, arguments.limits);
    if (!report) {
      std::cerr << "tenon: " << to_string(report.error()) << '\n';
      report = json{{"error", to_json(report.error())}};
      are_fine = false;
    } else {
      are_fine = are_fine && is_fine(*report);
      if (!is_fine(*report) || !(arguments.json || arguments.is_quiet)) say(path, *report);
    }
    (*report)["artifact"] = path;
    reports.push_back(std::move(*report));
  }
  if (arguments.json) std::cout << reports.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
  if (std::cout.flush()) return are_fine ? 0 : 1;
  std::cerr << "tenon: write: cannot write the report: " << std::strerror(errno) << '\n';
  return 1;
}

}  // namespace

json to_json(const compiler::CheckReport& report) {
  json findings = json::array(), uses;
  for (const auto& finding : report.findings) {
    findings.push_back({{"kind", to_string(finding.kind)},
                        {"function", finding.function},
                        {"address", finding.address},
                        {"instruction", finding.instruction},
                        {"message", finding.what},
                        {"line", to_string(finding)}});
  }
  for (std::size_t i = 0; i < compiler::kMemoryKinds; ++i) {
    uses[std::string(to_string(static_cast<compiler::MemoryKind>(i)))] = report.memory_uses[i];
  }
  return {{"functions", report.functions},
          {"instructions", report.instructions},
          {"code_bytes", report.bytes},
          {"unreached_instructions", report.unreached},
          {"memory_uses", uses},
          {"unproven_call_targets", report.unproven_targets},
          {"unproven_hardening", report.unproven_hardening},
          {"findings", findings},
          {"findings_left_off", report.findings_left_off}};
}

bool is_fine(const json& report) { return report["findings"].empty(); }

void say(const std::string& name, const json& report) {
  const auto found = report["findings"].size() + report["findings_left_off"].get<std::uint64_t>();
  for (const auto& finding : report["findings"]) {
    std::cerr << "tenon: check: " << base::printable(finding["line"].get<std::string>(), 2000) << '\n';
  }
  std::cerr << name << ": " << report["instructions"] << " instructions of " << report["functions"]
            << " functions, " << (found == 0 ? "nothing found" : std::to_string(found) + " found")
            << "; memory:";
  bool is_first = true;
  for (const auto& [kind, count] : report["memory_uses"].items()) {
    std::cerr << (std::exchange(is_first, false) ? " " : ", ") << kind << ' ' << count;
  }
  std::cerr << "; " << report["unproven_call_targets"] << " calls with an unproven target, "
            << report["unreached_instructions"] << " instructions on no path\n";
}

int check_files(int count, char** values) {
  CLI::App app(kAbout, "tenon check");
  Arguments arguments;
  add_options(app, arguments);
  try {
    app.parse(count, values);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    std::cerr << "tenon: usage: " << base::printable(error.what(), 2000) << "; see tenon check --help\n";
    return 2;
  }
  return check_all(arguments);
}

}  // namespace tenon::tools
