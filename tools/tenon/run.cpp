// tenon run: passes texts through a plugin's transform, as NDJSON: one JSON object in each
// line. In: {"key":…,"payload":…}. Out, in the same order: {"key":…,"result":…} or
// {"key":…,"error":…}. A bad line, or one at which the plugin stops, costs that line only.
// A plugin that stopped is loaded anew for the next line, and remembers nothing.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <utility>

#include "base/sizes.hpp"
#include "base/utf8.hpp"
#include "in_order.hpp"
#include "line_reader.hpp"
#include "records.hpp"
#include "verbs.hpp"

namespace tenon::tool {
namespace {

struct Options {
  CommonOptions common;
  GuestOptions guest;
  std::optional<std::string> init;
  std::optional<std::string> key;
  std::optional<std::string> payload;
  std::string input = "-";
  std::string metrics;
  std::size_t jobs = 1;
  bool host_demo = false;
  CollectPolicy collect;
  TextType text_type = TextType::automatic;
  Isolation isolation = Isolation::shared_state;
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
      .isolation(options.isolation)
      .assemblyscript({.collect = options.collect, .text_type = options.text_type})
      .transform_function("transform")
      .argument(options.common.artifact)
      .log(log_line);
  for (const auto& [name, value] : options.guest.environment) plugin.environment(name, value);
  for (const auto& directory : options.guest.directories)
    plugin.preopen(directory.host_directory, directory.guest_name, directory.access);
  if (options.common.store.fuel < kUnlimitedFuel) plugin.fuel_for_each_call(options.common.store.fuel);
  if (options.host_demo) {
    plugin.host_function("custom", "tests", [](std::uint32_t i) { return i + 1; })
        .host_function("custom", "tests2", [](std::uint64_t i) { return i + 2; });
  }
  return plugin;
}

Error read_error(std::string message) {
  return {.phase = Phase::read, .code = ErrorCode::io, .message = std::move(message)};
}

bool has_transform(const Module& module) {
  return std::ranges::any_of(module.exports(),
                             [](const ExportType& item) { return item.name == "transform"; });
}

// The lines that are not blank, with their numbers, until `take` has enough. Returns how many
// lines there were.
template <typename Take>
std::size_t for_each_line(LineReader& input, Take&& take) {
  std::size_t number = 0;
  for (;;) {
    std::string text;
    if (!input.next(text)) break;
    ++number;
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (!take(std::move(text), number)) break;
  }
  return number;
}

int end_of_stream(const Records& records, const LineReader& input, std::size_t lines) {
  if (input.has_failed())
    return report(read_error("cannot read the input behind line " + std::to_string(lines)));
  return records.has_failed() ? kFailed : kOk;
}

// A caller that writes one line and waits for the answer gets it, while a long file is not
// slowed by a flush for each line.
int run_stream(Records& records, int descriptor) {
  LineReader input(descriptor);
  const auto lines = for_each_line(input, [&](const std::string& text, std::size_t number) {
    std::cout << records.answer(text, number);
    if (!input.has_line()) std::cout.flush();
    return can_write();
  });
  return end_of_stream(records, input, lines);
}

int run_jobs(Records& records, int descriptor, std::size_t jobs) {
  // Else each line of a plugin's log flushes the answers, in the middle of another thread's writing.
  std::cerr.tie(nullptr);
  InOrder work(
      jobs, [&](const std::string& text, std::size_t number) { return records.answer(text, number); },
      [](std::string_view answers, bool is_all) {
        std::cout << answers;
        if (is_all) std::cout.flush();
        return can_write();
      });
  LineReader input(descriptor, work.stop_descriptor());
  const auto lines = for_each_line(
      input, [&](std::string text, std::size_t number) { return work.push(std::move(text), number); });
  work.finish();
  return end_of_stream(records, input, lines);
}

int run_one(Records& records, const std::string& key, const std::string& payload) {
  const auto result = records.execute(key, payload);
  std::cout << Records::outcome(key, result);
  return result ? kOk : report(result.error());
}

// Its descriptor, or standard input's; it is open until the process ends.
std::expected<int, Error> open_input(const std::string& path) {
  if (path == "-") return STDIN_FILENO;
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return std::unexpected(read_error(path + " is a directory; --input takes a file"));
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor >= 0) return descriptor;
  return std::unexpected(read_error("cannot open " + path + ": " + std::strerror(errno)));
}

int cannot_write(const std::string& path) {
  say("tenon: write: cannot write " + base::printable(path, 4096) + ": " + std::strerror(errno) + "\n");
  return kFailed;
}

// Before hours of work whose counts would have no place. What is there stays until the end.
bool can_write_metrics(const std::string& path) {
  if (path.empty() || path == "-") return true;
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
  if (descriptor < 0) return errno == ENXIO;  // a pipe that nobody reads yet
  close(descriptor);
  return true;
}

int write_metrics(const Pool& pool, const Options& options, int status) {
  const auto name = std::filesystem::path(options.common.artifact).stem().string();
  const auto text = to_prometheus(pool.statistics(), name);
  if (options.metrics == "-") {
    std::cout << text << std::flush;
    return std::cout ? status : kFailed;
  }
  std::ofstream file(options.metrics, std::ios::binary);
  file << text << std::flush;
  return file ? status : cannot_write(options.metrics);
}

int run_pool(const Pool& pool, const Options& options, int descriptor) {
  Records records(pool);
  int status;
  if (options.key) {
    status = run_one(records, *options.key, *options.payload);
  } else if (options.jobs == 1) {
    status = run_stream(records, descriptor);
  } else {
    status = run_jobs(records, descriptor, options.jobs);
  }
  return options.metrics.empty() ? status : write_metrics(pool, options, status);
}

int run(const Options& options) {
  if (options.key.has_value() != options.payload.has_value())
    return usage_error("--key and --payload go together");
  if (!can_write_metrics(options.metrics)) return cannot_write(options.metrics);
  const auto input = options.key ? -1 : open_input(options.input);
  if (!input) return report(input.error());
  auto module = load_artifact(options.common);
  if (!module) return report(module.error());
  if (!has_transform(*module)) {
    return report(
        {.phase = Phase::link,
         .code = ErrorCode::unknown_export,
         .message = "the plugin exports no function named transform, which `tenon run` calls; `tenon call` "
                    "calls others"});
  }
  const auto pool =
      Pool::make(*module, plugin_options(options), {.config = options.init, .maximum = options.jobs});
  if (!pool) return report(pool.error());
  return run_pool(*pool, options, *input);
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

Isolation parse_isolation(const std::string& text) {
  if (text == "shared_state") return Isolation::shared_state;
  if (text == "fresh_each_call") return Isolation::fresh_each_call;
  throw CLI::ValidationError("--isolation", "\"" + text + "\" is neither shared_state nor fresh_each_call");
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("run", "Run a plugin's transform on keys and payloads");
  auto options = std::make_shared<Options>();
  add_common(*verb, options->common);
  add_guest(*verb, options->guest);
  verb->add_option("--init", options->init, "call init with this configuration first")->type_name("CONFIG");
  auto* key = verb->add_option("--key", options->key, "one key, with --payload, instead of an input");
  verb->add_option("--payload", options->payload, "the payload of --key");
  verb->add_option("--input", options->input,
                   "lines of {\"key\":…,\"payload\":…}; - (the default) is standard input")
      ->type_name("FILE")
      ->excludes(key);
  verb->add_option("--jobs", options->jobs, "plugins that work at a time, each on a thread of its own")
      ->type_name("N")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  verb->add_option("--metrics", options->metrics,
                   "write what was counted (calls, errors, times) to this file in the end, for Prometheus; - "
                   "is standard "
                   "output")
      ->type_name("FILE");
  verb->add_option_function<std::string>(
          "--isolation", [options](const std::string& text) { options->isolation = parse_isolation(text); },
          "fresh_each_call: every line starts from the state after init, and one that fails costs itself "
          "only; best of artifacts compiled with --resettable")
      ->type_name("shared_state|fresh_each_call")
      ->default_str("shared_state");
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
      "again: it remembers nothing of the lines before. With --jobs, lines that follow each other\n"
      "go to different plugins, each initialised by itself: for plugins that remember nothing.\n\n"
      "Examples:\n"
      "  tenon run optimized.so --host-demo --init 'Some input we have' --key /some/test/1 --payload '{}'\n"
      "  tenon run optimized.so --host-demo --input items.jsonl > results.jsonl\n"
      "  tenon run optimized.so --host-demo --input items.jsonl --jobs 4 --metrics run.prom > results.jsonl\n"
      "  tenon run optimized.so --host-demo --input items.jsonl --isolation fresh_each_call > results.jsonl");
  verb->callback([options, &action] {
    action = [options](const std::vector<std::string>& rest) {
      return rest.empty() ? run(*options) : usage_error("run takes nothing after --");
    };
  });
}

}  // namespace tenon::tool
