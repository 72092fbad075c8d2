// Options that several verbs share.
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "base/sizes.hpp"
#include "base/utf8.hpp"
#include "verbs.hpp"

namespace tenon::tool {
namespace {

bool is_wasm(const std::string& path) {
  if (path.ends_with(".wasm") || path.ends_with(".wat")) return true;
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;  // a pipe would keep us waiting
  std::array<char, 4> head{};
  std::ifstream file(path, std::ios::binary);
  return file.read(head.data(), head.size()) &&
         std::string_view(head.data(), head.size()) == std::string_view("\0asm", 4);
}

std::string output_name(const std::string& path) {
  return std::filesystem::path(path).filename().replace_extension(".so").string();
}

UnknownImports parse_unknown_imports(const std::string& text) {
  if (text == "error") return UnknownImports::error;
  if (text == "trap") return UnknownImports::trap;
  if (text == "zero") return UnknownImports::zero;
  throw CLI::ValidationError("--unknown-imports", "\"" + text + "\" is none of error, trap and zero");
}

// Decimal digits. Without it, "-1" is the largest number there is, and "010" is 8.
CLI::Validator whole_number() {
  return CLI::Validator(
      [](std::string& text) -> std::string {
        std::uint64_t number = 0;
        const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (fault != std::errc() || end != text.data() + text.size())
          return "\"" + base::printable(text, 100) + "\" is not a whole number";
        text = std::to_string(number);
        return {};
      },
      "");
}

CLI::Validator milliseconds() {
  return CLI::Validator(
      [](std::string& text) -> std::string {
        double number = 0;
        const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (fault == std::errc() && end == text.data() + text.size() && number >= 0 && number <= 1e12)
          return {};
        return "\"" + base::printable(text, 100) + "\" is not a number of milliseconds (try 50, or 0.5)";
      },
      "");
}

// Of HOST[::GUEST][:ro].
WasiOptions::Preopen parse_directory(std::string text) {
  WasiOptions::Preopen parsed{.host_directory = {}, .guest_name = {}, .access = DirectoryAccess::read_write};
  constexpr std::string_view kReadOnly = ":ro";
  if (text.ends_with(kReadOnly)) {
    parsed.access = DirectoryAccess::read_only;
    text.resize(text.size() - kReadOnly.size());
  }
  const auto colon = text.rfind(':');
  const std::string_view end =
      colon == std::string::npos ? std::string_view() : std::string_view(text).substr(colon);
  if (end.size() > 1 && end.size() <= 3 && colon > 0 && text[colon - 1] != ':')
    throw CLI::ValidationError(
        "--dir", "\"" + text + "\" ends in " + std::string(end) + "; there is only :ro, to read");
  const auto colons = text.find("::");
  const std::string host = text.substr(0, colons);
  parsed.guest_name = colons == std::string::npos ? host : text.substr(colons + 2);
  if (host.empty() || parsed.guest_name.empty())
    throw CLI::ValidationError("--dir", "\"" + text + "\" is not HOST, HOST::GUEST or one of these with :ro");
  parsed.host_directory = host;
  return parsed;
}

std::pair<std::string, std::string> parse_variable(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw CLI::ValidationError("--env", "\"" + text + "\" is not NAME=VALUE");
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace

CLI::Option* add_size(CLI::App& verb, const char* name, std::uint64_t& size, const std::string& description) {
  return verb
      .add_option_function<std::string>(
          name,
          [name, &size](const std::string& text) {
            const auto parsed = base::parse_size(text);
            if (!parsed) throw CLI::ValidationError(name, base::no_size(text));
            size = *parsed;
          },
          description)
      ->type_name("BYTES");
}

CLI::Option* add_trust(CLI::App& verb, TrustOptions& options) {
  auto* trust = verb.add_option("--trust", options.keys,
                                "a public key: refuse what none of these keys signed; repeatable")
                    ->type_name("FILE")
                    ->allow_extra_args(false);
  verb.add_option("--signature", options.signature,
                  "the file with the signature, where it is not in ARTIFACT")
      ->type_name("FILE")
      ->needs(trust);
  return trust;
}

std::expected<std::vector<PublicKey>, Error> read_keys(const TrustOptions& options) {
  std::vector<PublicKey> keys;
  for (const auto& path : options.keys) {
    auto key = PublicKey::read(path);
    if (!key) return std::unexpected(std::move(key.error()));
    keys.push_back(*key);
  }
  return keys;
}

void add_common(CLI::App& verb, CommonOptions& options) {
  verb.add_option("ARTIFACT", options.artifact, "what `tenon compile` made")->required();
  add_trust(verb, options.trust);
  add_size(verb, "--memory-limit", options.store.memory_limit,
           "the most that memories, tables and exceptions may take together; K, M and G are powers of 1024")
      ->default_str("4352M");
  add_size(verb, "--stack-limit", options.store.stack_limit, "the most stack that a call may take")
      ->default_str("as the thread");
  verb.add_option("--table-limit", options.store.table_limit, "the most elements that a table may have")
      ->type_name("N")
      ->check(whole_number())
      ->capture_default_str();
  verb.add_option_function<double>(
          "--timeout",
          [&options](double milliseconds) {
            options.store.timeout =
                std::chrono::nanoseconds(static_cast<std::int64_t>(std::ceil(milliseconds * 1e6)));
          },
          "how long each call may take, in milliseconds, loading included; 0: any time")
      ->type_name("MS")
      ->check(milliseconds())
      ->default_str("0");
  verb.add_option("--fuel", options.store.fuel,
                  "how much the guest may execute, 1 for most operators, where the artifact was compiled "
                  "with --metering")
      ->check(whole_number())
      ->type_name("N");
  verb.add_option_function<std::string>(
          "--unknown-imports",
          [&options](const std::string& text) { options.unknown_imports = parse_unknown_imports(text); },
          "imports that nothing defines: error refuses the module, trap fails when one is called, "
          "zero makes them return zeros")
      ->type_name("error|trap|zero")
      ->default_str("error");
}

void add_guest(CLI::App& verb, GuestOptions& options) {
  verb.add_option_function<std::vector<std::string>>(
          "--dir",
          [&options](const std::vector<std::string>& texts) {
            for (const auto& text : texts) options.directories.push_back(parse_directory(text));
          },
          "a directory that the guest may use, by its own name where there is one, and with :ro only to "
          "read; "
          "may be given again")
      ->type_name("HOST[::GUEST][:ro]")
      ->allow_extra_args(false);
  verb.add_option_function<std::vector<std::string>>(
          "--env",
          [&options](const std::vector<std::string>& texts) {
            for (const auto& text : texts) options.environment.push_back(parse_variable(text));
          },
          "a variable of the guest's environment, which is empty otherwise; may be given again")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
}

Error with_advice(Error error, const std::string& path) {
  if (!is_wasm(path) || error.code == ErrorCode::io) return error;
  const std::string name = base::printable(path);
  error.message = name + " is WebAssembly, not yet native code: run `tenon compile " + name + " -o " +
                  base::printable(output_name(path)) + "` first";
  return error;
}

std::expected<Module, Error> load_artifact(const CommonOptions& options) {
  LoadOptions load;
  if (!options.trust.keys.empty()) {
    auto keys = read_keys(options.trust);
    if (!keys) return std::unexpected(std::move(keys.error()));
    load = {.trusted_keys = std::move(*keys), .signature = options.trust.signature};
  }
  auto module = Module::load(options.artifact, load);
  if (!module) return std::unexpected(with_advice(std::move(module.error()), options.artifact));
  return module;
}

}  // namespace tenon::tool
