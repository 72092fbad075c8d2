#include "check.hpp"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <iostream>

#include "base/utf8.hpp"
#include "input.hpp"

namespace tenon::tools {

namespace {

using nlohmann::json;

constexpr char kExamples[] = R"(Examples:
  tenon check plugin.so
  tenon check --json a.so b.so
Exit status: 0 nothing found, 1 something found or not readable, 2 usage.)";

json check_file(const std::string& path, bool says_all, bool& is_fine) {
  const auto bytes = read_input(path);
  auto report = bytes ? compiler::check_artifact(*bytes) : std::unexpected(bytes.error());
  if (!report) {
    is_fine = false;
    auto error = report.error();
    if (bytes) error.message = path + ": " + error.message;
    std::cerr << "tenon: " << to_string(error) << '\n';
    return {
        {"artifact", path},
        {"error",
         {{"phase", to_string(error.phase)}, {"code", to_string(error.code)}, {"message", error.message}}}};
  }
  is_fine = is_fine && report->findings.empty();
  if (says_all || !report->findings.empty()) say(path, *report);
  auto result = to_json(*report);
  result["artifact"] = path;
  return result;
}

}  // namespace

void say(const std::string& name, const compiler::CheckReport& report) {
  for (const auto& finding : report.findings) {
    std::cerr << "tenon: check: " << base::printable(to_string(finding), 2000) << '\n';
  }
  std::cerr << name << ": " << report.instructions << " instructions of " << report.functions
            << " functions, "
            << (report.findings.empty() ? "nothing found" : std::to_string(report.findings.size()) + " found")
            << "; memory:";
  for (std::size_t i = 0; i < compiler::kMemoryKinds; ++i) {
    std::cerr << (i == 0 ? " " : ", ") << to_string(static_cast<compiler::MemoryKind>(i)) << ' '
              << report.memory_uses[i];
  }
  std::cerr << "; " << report.unproven_targets << " calls with an unproven target, " << report.unreached
            << " instructions on no path\n";
}

json to_json(const compiler::CheckReport& report) {
  json findings = json::array(), uses;
  for (const auto& finding : report.findings) {
    findings.push_back({{"kind", to_string(finding.kind)},
                        {"function", finding.function},
                        {"address", finding.address},
                        {"instruction", finding.instruction},
                        {"message", finding.what}});
  }
  for (std::size_t i = 0; i < compiler::kMemoryKinds; ++i) {
    uses[std::string(to_string(static_cast<compiler::MemoryKind>(i)))] = report.memory_uses[i];
  }
  return {{"functions", report.functions}, {"instructions", report.instructions},
          {"code_bytes", report.bytes},    {"unreached_instructions", report.unreached},
          {"memory_uses", uses},           {"unproven_call_targets", report.unproven_targets},
          {"findings", findings}};
}

int check_files(int count, char** values) {
  CLI::App app(
      "Reads the code of artifacts back and looks for faults of the compiler. It finds bugs; it is no "
      "boundary.",
      "tenon check");
  std::vector<std::string> artifacts;
  bool as_json = false, is_quiet = false;
  app.add_option("ARTIFACT", artifacts, "Compiled artifacts; - is standard input")->required();
  app.add_flag("--json", as_json, "Print the reports as JSON on standard output");
  app.add_flag("-q,--quiet", is_quiet, "Say nothing of artifacts in which nothing is found");
  app.footer(kExamples);
  try {
    app.parse(count, values);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    std::cerr << "tenon: usage: " << base::printable(error.what(), 2000) << "; see tenon check --help\n";
    return 2;
  }
  bool is_fine = true;
  json reports = json::array();
  for (const auto& path : artifacts) {
    auto report = check_file(path, !as_json && !is_quiet, is_fine);
    if (as_json) reports.push_back(std::move(report));
  }
  if (as_json) std::cout << reports.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
  if (std::cout.flush()) return is_fine ? 0 : 1;
  std::cerr << "tenon: write: cannot write the report: " << std::strerror(errno) << '\n';
  return 1;
}

}  // namespace tenon::tools
