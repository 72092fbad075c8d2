// tenon: the command line. Each verb has its own file.
#include <algorithm>
#include <iostream>
#include <span>

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

int show_parse_result(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
  return usage_error(std::string(error.what()) + " (see tenon --help)");
}

int run(std::vector<std::string> arguments) {
  CLI::App app("WebAssembly plugins for C++ programs, compiled ahead of time", "tenon");
  app.set_version_flag("--version", "tenon " TENON_VERSION);
  app.set_help_flag("--help,-h", "Print this help and exit");
  app.require_subcommand(1);
  app.footer(
      "`tenon VERB --help` explains each verb, with examples.\n"
      "Exit status: 0 ok, 1 the plugin or its input failed, 2 usage.");
  // Never parsed here; see main(). Listed for the help.
  app.add_subcommand("compile", "Compile a .wasm or .wat file to a native .so (runs tenon-compile)");
  Action action;
  add_inspect(app, action);
  add_call(app, action);
  add_run(app, action);
  add_exec(app, action);

  const auto rest = split_rest(arguments);
  std::ranges::reverse(arguments);  // the order that CLI11 wants
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    return show_parse_result(app, error);
  }
  return action(rest);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "compile") return run_compiler(argv + 1);
  std::ios::sync_with_stdio(false);  // nothing here uses C's stdio
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "tenon: " << error.what() << '\n';
    return kFailed;
  }
}
