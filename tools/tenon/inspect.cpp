// tenon inspect: what an artifact says of itself; none of its code runs.
#include <iostream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "base/sha256.hpp"
#include "base/utf8.hpp"
#include "verbs.hpp"

namespace tenon::tool {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string artifact;
  bool json = false;
};

Json import_json(const ImportType& import) {
  return {{"module", import.module},
          {"name", import.name},
          {"kind", to_string(kind_of(import.type))},
          {"type", to_string(import.type)}};
}

Json export_json(const ExportType& item) {
  return {{"name", item.name}, {"kind", to_string(kind_of(item.type))}, {"type", to_string(item.type)}};
}

using Signature = std::optional<SignatureInfo>;

Json to_json(const ArtifactInfo& info, std::uintmax_t file_size, const Signature& signature) {
  Json json{{"format_version", info.format_version},
            {"abi_version", info.abi_version},
            {"producer", info.producer},
            {"target", info.target_triple},
            {"cpu", info.cpu},
            {"cpu_features", info.cpu_features},
            {"wasm_features", info.wasm_features},
            {"source_sha256", base::to_hex(info.source_sha256)},
            {"source_size", info.source_size},
            {"file_size", file_size},
            {"optimization_level", info.optimization_level},
            {"strict", info.strict},
            {"metering", info.metering},
            {"spectre", info.spectre},
            {"bounds", to_string(info.bounds)},
            {"resettable", info.resettable},
            {"protocol", to_string(info.protocol)},
            {"declaration", info.declaration},
            {"signature", signature ? signature_json(*signature) : Json(nullptr)},
            {"imports", Json::array()},
            {"exports", Json::array()}};
  for (const auto& import : info.imports) json["imports"].push_back(import_json(import));
  for (const auto& item : info.exports) json["exports"].push_back(export_json(item));
  return json;
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text.empty() ? "-" : text;
}

void print_line(std::string_view label, std::string_view value) {
  std::cout << label << std::string(label.size() < 10 ? 10 - label.size() : 1, ' ')
            << base::printable(value, 1000) << '\n';
}

void print_text(const ArtifactInfo& info, std::uintmax_t file_size, const Signature& signature) {
  print_line("producer", info.producer);
  print_line("format", std::to_string(info.format_version) + ", ABI " + std::to_string(info.abi_version));
  print_line("target", info.target_triple);
  print_line("cpu", info.cpu + " (" + join(info.cpu_features) + ")");
  print_line("wasm", join(info.wasm_features));
  print_line("options", "-O" + std::to_string(info.optimization_level) + (info.strict ? " --strict" : "") +
                            (info.metering ? " --metering" : "") + (info.spectre ? " --spectre" : "") +
                            " --bounds=" + std::string(to_string(info.bounds)) +
                            (info.resettable ? " --resettable" : ""));
  print_line("protocol", to_string(info.protocol));
  if (!info.declaration.empty()) {
    std::istringstream lines(info.declaration);
    for (std::string line; std::getline(lines, line);)
      std::cout << "          " << base::printable(line) << '\n';
  }
  print_line("source",
             std::to_string(info.source_size) + " bytes, sha256 " + base::to_hex(info.source_sha256));
  print_line("file", std::to_string(file_size) + " bytes");
  if (signature) {
    print_line("signed", signature->time + " by " + signature->signer + ", key " + signature->key_id +
                             " (says the file; `tenon verify` checks it)");
  }
  std::cout << "imports   " << info.imports.size() << '\n';
  for (const auto& import : info.imports) {
    std::cout << "  " << base::printable(import.module) << '.' << base::printable(import.name) << "  "
              << to_string(import.type) << '\n';
  }
  std::cout << "exports   " << info.exports.size() << '\n';
  for (const auto& item : info.exports) {
    std::cout << "  " << base::printable(item.name) << "  " << to_string(item.type) << '\n';
  }
}

int inspect(const Options& options) {
  const auto info = read_artifact_info(options.artifact);
  if (!info) {
    const Error error = with_advice(info.error(), options.artifact);
    if (options.json) {
      const Json json{
          {"error",
           {{"phase", to_string(error.phase)}, {"code", to_string(error.code)}, {"message", error.message}}}};
      std::cout << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    }
    return report(error);
  }
  const Signature signature = read_signature(options.artifact).value_or(std::nullopt);
  std::error_code ignored;
  const auto file_size = std::filesystem::file_size(options.artifact, ignored);
  if (options.json) {
    std::cout << to_json(*info, file_size, signature).dump(2, ' ', false, Json::error_handler_t::replace)
              << '\n';
  } else {
    print_text(*info, file_size, signature);
  }
  return kOk;
}

}  // namespace

void add_inspect(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("inspect", "Show what an artifact says of itself, without running it");
  auto options = std::make_shared<Options>();
  verb->add_option("ARTIFACT", options->artifact, "what `tenon compile` made")->required();
  verb->add_flag("--json", options->json, "for programs to read");
  verb->footer(
      "Examples:\n  tenon inspect optimized.so\n  tenon inspect --json optimized.so | jq -r "
      "'.exports[].name'");
  verb->callback([options, &action] {
    action = [options](const std::vector<std::string>& rest) {
      return rest.empty() ? inspect(*options) : usage_error("inspect takes nothing after --");
    };
  });
}

}  // namespace tenon::tool
