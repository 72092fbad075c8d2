// tenon run: passes texts through a plugin's transform, as NDJSON: one JSON object in each
// line. In: {"key":…,"payload":…}. Out, in the same order: {"key":…,"result":…} or
// {"key":…,"error":…}. A bad line, or one at which the plugin stops, costs that line only.
// A plugin that stopped is loaded anew for the next line, and remembers nothing.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/sizes.hpp"
#include "verbs.hpp"

namespace tenon::tool {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  CommonOptions common;
  std::optional<std::string> init;
  std::optional<std::string> key;
  std::optional<std::string> payload;
  std::string input = "-";
  bool host_demo = false;
  CollectPolicy collect;
  TextType text_type = TextType::automatic;
  std::uint64_t result_limit = PluginOptions::Values{}.result_limit;
  std::uint64_t log_limit = PluginOptions::Values{}.log_limit;
};

PluginOptions plugin_options(const Options& options) {
  PluginOptions plugin;
  plugin.timeout(options.common.store.timeout)
      .memory_limit(options.common.store.memory_limit)
      .table_limit(options.common.store.table_limit)
      .unknown_imports(options.common.unknown_imports)
      .stack_limit(options.common.store.stack_limit)
      .result_limit(options.result_limit)
      .log_limit(options.log_limit)
      .assemblyscript({.collect = options.collect, .text_type = options.text_type})
      .transform_function("transform")
      .argument(options.common.artifact)
      .log(log_line);
  if (options.common.store.fuel < kUnlimitedFuel) plugin.fuel_for_each_call(options.common.store.fuel);
  if (options.host_demo) {
    plugin.host_function("custom", "tests", [](std::uint32_t i) { return i + 1; })
        .host_function("custom", "tests2", [](std::uint64_t i) { return i + 2; });
  }
  return plugin;
}

// A plugin that is loaded anew, and initialised again, after it stopped.
class Runner {
 public:
  Runner(Module module, const Options& options)
      : module_(std::move(module)), options_(plugin_options(options)), config_(options.init) {}

  std::expected<void, Error> load() {
    auto plugin = Plugin::load(module_, options_);
    if (!plugin) return std::unexpected(std::move(plugin.error()));
    if (config_) {
      if (auto done = plugin->init(*config_); !done) return done;
    }
    plugin_ = std::move(*plugin);
    return {};
  }

  [[nodiscard]] bool has_transform() const {
    return std::ranges::any_of(module_.exports(),
                               [](const ExportType& item) { return item.name == "transform"; });
  }

  // Precondition: load() succeeded once.
  std::expected<std::string, Error> execute(const std::string& key, const std::string& payload) {
    auto result = plugin_->execute(key, payload);
    if (result || result.error().code != ErrorCode::poisoned) return result;
    if (!std::exchange(was_renewed_, true)) {
      std::cerr
          << "tenon: run: the plugin stopped; it is loaded anew, initialised again, and remembers nothing of "
             "the lines before\n";
    }
    if (auto loaded = load(); !loaded) return std::unexpected(std::move(loaded.error()));
    return plugin_->execute(key, payload);
  }

 private:
  Module module_;
  PluginOptions options_;
  std::optional<std::string> config_;
  std::optional<Plugin> plugin_;
  bool was_renewed_ = false;
};

void print(const Json& line) {
  std::cout << line.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
}

Json outcome(const std::string& key, const std::expected<std::string, Error>& result) {
  if (result) return {{"key", key}, {"result", *result}};
  return {{"key", key}, {"error", to_string(result.error())}};
}

// "not valid JSON at column 5: invalid literal; last read: …", out of the library's
// "[json.exception…] parse error at line 1, column 5: syntax error …: …".
std::string fault_of(const Json::parse_error& error) {
  std::string_view reason = error.what();
  for (const std::string_view before : {"column ", ": "}) {
    const auto at = reason.find(before);
    if (at != std::string_view::npos) reason.remove_prefix(at + before.size());
  }
  return "not valid JSON at column " + std::to_string(error.byte) + ": " + std::string(reason);
}

// What is wrong with a line of input; empty where nothing is.
std::string fault_of(const Json& line) {
  if (!line.is_object()) return "not a JSON object";
  for (const char* name : {"key", "payload"}) {
    if (!line.contains(name)) return "\"" + std::string(name) + "\" is missing";
    if (!line[name].is_string()) return "\"" + std::string(name) + "\" is not a string";
  }
  return "";
}

bool run_line(Runner& runner, const std::string& text, std::size_t number) {
  Json line;
  std::string fault;
  try {
    line = Json::parse(text);
    fault = fault_of(line);
  } catch (const Json::parse_error& error) {
    fault = fault_of(error);
  }
  if (!fault.empty()) {
    Json answer = Json::object();
    if (line.is_object() && line.contains("key")) answer["key"] = line["key"];
    answer["error"] = "input line " + std::to_string(number) + ": " + fault;
    print(answer);
    return false;
  }
  const auto key = line["key"].get<std::string>();
  const auto result = runner.execute(key, line["payload"].get<std::string>());
  print(outcome(key, result));
  return result.has_value();
}

int run_stream(Runner& runner, std::istream& input) {
  int status = kOk;
  std::size_t number = 0;
  // A caller that writes one line and waits for the answer gets it, while a long file is
  // not slowed by a flush for each line.
  input.tie(nullptr);
  for (std::string text; can_write() && std::getline(input, text);) {
    ++number;
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (!run_line(runner, text, number)) status = kFailed;
    if (input.rdbuf()->in_avail() <= 0) std::cout.flush();
  }
  if (input.bad()) {
    return report({.phase = Phase::read,
                   .code = ErrorCode::io,
                   .message = "cannot read the input behind line " + std::to_string(number)});
  }
  return status;
}

int run_one(Runner& runner, const std::string& key, const std::string& payload) {
  const auto result = runner.execute(key, payload);
  print(outcome(key, result));
  return result ? kOk : report(result.error());
}

int run(const Options& options) {
  if (options.key.has_value() != options.payload.has_value())
    return usage_error("--key and --payload go together");
  std::ifstream file;
  if (!options.key && options.input != "-") {
    std::error_code ignored;
    const bool is_folder = std::filesystem::is_directory(options.input, ignored);
    if (!is_folder) file.open(options.input);
    if (!file.is_open()) {
      return report({.phase = Phase::read,
                     .code = ErrorCode::io,
                     .message = is_folder ? options.input + " is a directory; --input takes a file"
                                          : "cannot open " + options.input + ": " + std::strerror(errno)});
    }
  }
  auto module = load_artifact(options.common.artifact);
  if (!module) return report(module.error());
  Runner runner(std::move(*module), options);
  if (!runner.has_transform()) {
    return report(
        {.phase = Phase::link,
         .code = ErrorCode::unknown_export,
         .message = "the plugin exports no function named transform, which `tenon run` calls; `tenon call` "
                    "calls others"});
  }
  if (const auto loaded = runner.load(); !loaded) return report(loaded.error());
  if (options.key) return run_one(runner, *options.key, *options.payload);
  return run_stream(runner, file.is_open() ? file : std::cin);
}

CollectPolicy parse_policy(const std::string& text) {
  if (text == "never") return CollectPolicy::never();
  if (text == "every") return CollectPolicy::every();
  if (text == "on-growth") return CollectPolicy::on_growth();
  const auto calls = base::parse_size(text);
  if (!calls || *calls == 0 || *calls > UINT32_MAX) {
    throw CLI::ValidationError("--gc",
                               "\"" + text + "\" is neither every, on-growth, never nor a number of calls");
  }
  return CollectPolicy::every(static_cast<std::uint32_t>(*calls));
}

TextType parse_text_type(const std::string& text) {
  if (text == "automatic") return TextType::automatic;
  if (text == "string") return TextType::string;
  if (text == "array_buffer") return TextType::array_buffer;
  throw CLI::ValidationError("--text-type", "\"" + text + "\" is none of automatic, string and array_buffer");
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("run", "Run a plugin's transform on keys and payloads");
  auto options = std::make_shared<Options>();
  add_common(*verb, options->common);
  verb->add_option("--init", options->init, "call init with this configuration first")->type_name("CONFIG");
  auto* key = verb->add_option("--key", options->key, "one key, with --payload, instead of an input");
  verb->add_option("--payload", options->payload, "the payload of --key");
  verb->add_option("--input", options->input,
                   "lines of {\"key\":…,\"payload\":…}; - (the default) is standard input")
      ->type_name("FILE")
      ->excludes(key);
  verb->add_flag("--host-demo", options->host_demo,
                 "give the plugin the host functions custom.tests (adds 1) and custom.tests2 (adds 2)");
  verb->add_option_function<std::string>(
          "--gc", [options](const std::string& text) { options->collect = parse_policy(text); },
          "when the plugin's collector runs: after every call or every N calls, when its memory grew, or "
          "never")
      ->type_name("every|N|on-growth|never")
      ->default_str("every");
  verb->add_option_function<std::string>(
          "--text-type", [options](const std::string& text) { options->text_type = parse_text_type(text); },
          "what a text is in the plugin; automatic takes array_buffer where it exports malloc, else string")
      ->type_name("automatic|string|array_buffer")
      ->default_str("automatic");
  add_size(*verb, "--result-limit", options->result_limit, "the most bytes of a result")->default_str("64M");
  add_size(*verb, "--log-limit", options->log_limit,
           "the most bytes that one call may log; what is beyond is dropped")
      ->default_str("1M");
  verb->footer(
      "Each line {\"key\":…,\"payload\":…} of the input gives {\"key\":…,\"result\":…} or "
      "{\"key\":…,\"error\":…}, in order.\n"
      "The exit status is 1 where any line failed. What the plugin prints goes to standard error.\n"
      "A plugin that stopped (a trap, a limit) is loaded anew for the next line and initialised\n"
      "again: it remembers nothing of the lines before.\n\n"
      "Examples:\n"
      "  tenon run optimized.so --host-demo --init 'Some input we have' --key /some/test/1 --payload '{}'\n"
      "  tenon run optimized.so --host-demo --input items.jsonl > results.jsonl");
  verb->callback([options, &action] {
    action = [options](const std::vector<std::string>& rest) {
      return rest.empty() ? run(*options) : usage_error("run takes nothing after --");
    };
  });
}

}  // namespace tenon::tool
