// The verbs of `tenon`, one file each, and what they share.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json_fwd.hpp>

#include <tenon/tenon.hpp>

namespace tenon::tool {

// Exit statuses. `exec` may also end with the guest's own.
inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;  // the plugin or the input
inline constexpr int kUsage = 2;

// What a verb leaves in the command line's parser: how to run it. `rest` is what
// stood after "--".
using Action = std::function<int(const std::vector<std::string>& rest)>;

// Each adds its subcommand to `app` and sets `action` where the user chose it.
void add_new(CLI::App& app, Action& action);
void add_inspect(CLI::App& app, Action& action);
void add_call(CLI::App& app, Action& action);
void add_run(CLI::App& app, Action& action);
void add_exec(CLI::App& app, Action& action);
void add_keygen(CLI::App& app, Action& action);
void add_sign(CLI::App& app, Action& action);
void add_verify(CLI::App& app, Action& action);

// `tenon compile ARGUMENT...`: replaces this process by tenon-compile.
int run_compiler(char** arguments);

// output.cpp: one line "tenon: PHASE: message" on standard error, and the frames of a trap.
int report(const Error& error);
int usage_error(std::string_view message);
// The same for what has no Error: "tenon: VERB: message".
int failed(std::string_view verb, std::string_view message);
// Writes to standard error. Plugins on several threads print, so this is thread-safe.
void say(std::string_view text);
// Lines of plugins on standard error, as "[plugin] line", and warnings as "[tenon] line".
// Thread-safe.
void log_line(LogStream stream, std::string_view line);
// A function for WasiOptions: writes everything to a descriptor. Where that fails once,
// the rest is lost, and finish() says so.
std::function<void(std::span<const std::uint8_t>)> output_to(int descriptor);
// False once something could not be written: then there is no use in going on.
bool can_write();
// The program's exit status: `status`, or failure where some output was lost.
int finish(int status);

// options.cpp: options of several verbs.
struct TrustOptions {
  std::vector<std::string> keys;  // files
  std::string signature;          // a file; empty: it is in the artifact
};
// --trust, which is returned, and --signature.
CLI::Option* add_trust(CLI::App& verb, TrustOptions& options);
std::expected<std::vector<PublicKey>, Error> read_keys(const TrustOptions& options);

struct CommonOptions {
  std::string artifact;
  TrustOptions trust;
  StoreOptions store;  // its limits
  UnknownImports unknown_imports = UnknownImports::error;
};
void add_common(CLI::App& verb, CommonOptions& options);
// What a guest gets of this process (WASI).
struct GuestOptions {
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<WasiOptions::Preopen> directories;
};
void add_guest(CLI::App& verb, GuestOptions& options);
// An option that takes bytes, as base::parse_size reads them. `size` must outlive the parser.
CLI::Option* add_size(CLI::App& verb, const char* name, std::uint64_t& size, const std::string& description);
// Adds the advice to compile first, where the file is a module and no artifact.
Error with_advice(Error error, const std::string& path);
// Module::load, with that advice.
std::expected<Module, Error> load_artifact(const CommonOptions& options);

// verify.cpp: a signature, as `verify` and `inspect` show it.
nlohmann::ordered_json signature_json(const SignatureInfo& info);

// values.cpp: numbers of WebAssembly as text.
// Integers decimal or 0x, in the signed or unsigned range of their type; floats
// as from_chars reads them, nan, inf, -inf; v128 as 32 hex digits, lane 0 first;
// references as null, an externref also as its handle.
std::expected<Value, std::string> parse_value(ValueType type, std::string_view text);
std::string format_value(const Value& value);

}  // namespace tenon::tool
