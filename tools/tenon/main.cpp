// tenon: the command line. Each verb has its own file.
#include <algorithm>
#include <csignal>
#include <iostream>
#include <numeric>
#include <span>
#include <utility>

#include "verbs.hpp"

namespace {

using namespace tenon::tool;

// What stands after the first "--" belongs to the guest and is never parsed.
std::vector<std::string> split_rest(std::vector<std::string>& arguments) {
  const auto dashes = std::ranges::find(arguments, "--");
  if (dashes == arguments.end()) return {};
  std::vector<std::string> rest(dashes + 1, arguments.end());
  arguments.erase(dashes, arguments.end());
  return rest;
}

constexpr std::string_view kVerbs[] = {"new", "compile", "check",  "inspect", "call",
                                       "run", "exec",    "keygen", "sign",    "verify"};

// "new, compile, … and verify".
std::string list_of_verbs() {
  std::string list;
  for (const std::string_view verb : kVerbs)
    list += (list.empty() ? "" : verb == *std::rbegin(kVerbs) ? " and " : ", ") + std::string(verb);
  return list;
}

// How many letters must be added, taken away or replaced (Levenshtein's distance).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0u);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] != b[j]);
      diagonal = std::exchange(row[j + 1], std::min({replaced, row[j] + 1, row[j + 1] + 1}));
    }
  }
  return row.back();
}

// For a first word that is no verb; empty where it is one, or an option.
std::string unknown_verb(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0].starts_with('-')) return {};
  const std::string word = arguments[0].substr(0, 100);
  if (std::ranges::find(kVerbs, word) != std::end(kVerbs)) return {};
  const auto nearest =
      std::ranges::min(kVerbs, {}, [&](std::string_view verb) { return distance(word, verb); });
  const bool is_near = distance(word, nearest) <= 2;
  return "there is no verb \"" + word + "\"" +
         (is_near ? "; did you mean " + std::string(nearest) + "?"
                  : "; there are " + list_of_verbs() + " (see tenon --help)");
}

int show_parse_result(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
  return usage_error(std::string(error.what()) + " (see tenon --help)");
}

int run(std::vector<std::string> arguments) {
  CLI::App app("WebAssembly plugins for C++ programs, compiled ahead of time", "tenon");
  app.set_version_flag("--version,-V", "tenon " TENON_VERSION);
  app.set_help_flag("--help,-h", "Print this help and exit");
  app.require_subcommand(1);
  app.footer(
      "`tenon VERB --help` explains each verb, with examples.\n"
      "Exit status: 0 ok, 1 the plugin or its input failed, 2 usage.");
  // Never parsed here; see main(). Listed for the help.
  app.add_subcommand("compile", "Compile a .wasm or .wat file to a native .so (runs tenon-compile)");
  app.add_subcommand("check", "Look for faults of the compiler in compiled code (runs tenon-compile)");
  Action action;
  add_new(app, action);
  add_inspect(app, action);
  add_call(app, action);
  add_run(app, action);
  add_exec(app, action);
  add_keygen(app, action);
  add_sign(app, action);
  add_verify(app, action);

  if (const auto problem = unknown_verb(arguments); !problem.empty()) return usage_error(problem);
  const auto rest = split_rest(arguments);
  std::ranges::reverse(arguments);  // the order that CLI11 wants
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    return show_parse_result(app, error);
  }
  return finish(action(rest));
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on files (ulimit -f) is an error like a full disk
  if (argc > 1 && std::string_view(argv[1]) == "compile") return run_compiler(argv + 1);
  if (argc > 1 && std::string_view(argv[1]) == "check") return run_compiler(argv);  // which reads the verb
  std::ios::sync_with_stdio(false);  // nothing here uses C's stdio
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "tenon: " << error.what() << '\n';
    return kFailed;
  }
}
