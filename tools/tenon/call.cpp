// tenon call: one export, numbers in and out.
#include <iostream>

#include <unistd.h>

#include "base/utf8.hpp"
#include "verbs.hpp"

namespace tenon::tool {
namespace {

struct Options {
  CommonOptions common;
  GuestOptions guest;
  std::string function;
};

std::expected<Imports, Error> make_imports(const Options& options) {
  WasiOptions wasi;
  wasi.argument(options.common.artifact);
  wasi.environment_variables = options.guest.environment;
  wasi.preopens = options.guest.directories;
  wasi.standard_output = output_to(STDOUT_FILENO);
  wasi.standard_error = output_to(STDERR_FILENO);
  Imports imports;
  if (auto added = add_wasi(imports, std::move(wasi)); !added)
    return std::unexpected(std::move(added.error()));
  imports.unknown(options.common.unknown_imports);
  return imports;
}

std::expected<std::vector<Value>, std::string> parse_arguments(const FunctionType& type,
                                                               const std::vector<std::string>& texts) {
  if (texts.size() != type.parameters.size()) {
    return std::unexpected("it takes " + std::to_string(type.parameters.size()) +
                           (type.parameters.size() == 1 ? " argument" : " arguments") + ", not " +
                           std::to_string(texts.size()));
  }
  std::vector<Value> values;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto value = parse_value(type.parameters[i], texts[i]);
    if (!value) {
      return std::unexpected("argument " + std::to_string(i + 1) + ", \"" + base::printable(texts[i]) +
                             "\", is " + value.error());
    }
    values.push_back(*value);
  }
  return values;
}

// A WASI reactor asks to be initialised before anything else is called.
std::expected<void, Error> initialize(const Instance& instance, const std::string& function) {
  if (function == "_initialize" || !instance.find_export("_initialize")) return {};
  const auto start = instance.function<void()>("_initialize");
  return start ? (*start)() : std::unexpected(start.error());
}

int call(const Options& options, const std::vector<std::string>& texts) {
  const auto module = load_artifact(options.common);
  if (!module) return report(module.error());
  Store store(options.common.store);
  const auto imports = make_imports(options);
  if (!imports) return report(imports.error());
  const auto instance = store.instantiate(*module, *imports);
  if (!instance) return report(instance.error());
  const auto function = instance->function(options.function);
  if (!function) return report(function.error());
  const auto arguments = parse_arguments(function->type(), texts);
  if (!arguments) {
    return usage_error(base::printable(options.function) + " has type " + to_string(function->type()) + ": " +
                       arguments.error());
  }
  if (const auto ready = initialize(*instance, options.function); !ready) return report(ready.error());
  const auto results = function->call(*arguments);
  if (!results) return report(results.error());
  for (const auto& value : *results) std::cout << format_value(value) << '\n';
  return kOk;
}

}  // namespace

void add_call(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("call", "Call an export with numbers, print its results");
  auto options = std::make_shared<Options>();
  add_common(*verb, options->common);
  add_guest(*verb, options->guest);
  verb->add_option("EXPORT", options->function, "the exported function")->required();
  // The arguments are what the parser leaves over, since "-5" looks like an option to it.
  verb->allow_extras();
  verb->footer(
      "The arguments follow: tenon call ARTIFACT EXPORT [ARG...]. They are read by the types of the\n"
      "parameters: integers decimal or 0x, signed or unsigned; floats also nan, inf, -inf; v128 as 32 hex\n"
      "digits. Results come one a line: integers signed, floats as short as they can be.\n\n"
      "Examples:\n  tenon call fib.so fib 30\n  tenon call math.so hypot 3 -4.5\n  tenon call math.so negate "
      "-- -5");
  verb->callback([verb, options, &action] {
    action = [verb, options](const std::vector<std::string>& rest) {
      auto texts = verb->remaining();
      for (const auto& text : texts) {
        if (text.size() > 2 && text.starts_with("--"))
          return usage_error(base::printable(text, 100) + " is no option of call (see tenon call --help)");
      }
      std::erase(texts, "--");
      texts.insert(texts.end(), rest.begin(), rest.end());
      return call(*options, texts);
    };
  });
}

}  // namespace tenon::tool
