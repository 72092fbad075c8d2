// tenon verify: whether a trusted key signed every byte of an artifact.
#include <iostream>

#include <nlohmann/json.hpp>

#include "base/sha256.hpp"
#include "verbs.hpp"

namespace tenon::tool {
namespace {

struct Options {
  std::string artifact;
  TrustOptions trust;
  bool json = false;
};

int verify(const Options& options) {
  const auto keys = read_keys(options.trust);
  if (!keys) return report(keys.error());
  const auto signature = verify_signature(options.artifact, *keys, options.trust.signature);
  if (!signature) return report(signature.error());
  if (options.json) {
    std::cout << signature_json(*signature).dump(2) << '\n';
  } else {
    std::cout << "signed " << signature->time << " by " << signature->signer << "\nkey    "
              << signature->key_id << "\nwasm   sha256 " << base::to_hex(signature->source_sha256) << '\n';
  }
  return kOk;
}

}  // namespace

nlohmann::ordered_json signature_json(const SignatureInfo& info) {
  return {{"signer", info.signer},
          {"time", info.time},
          {"key", info.key_id},
          {"source_sha256", base::to_hex(info.source_sha256)}};
}

void add_verify(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("verify", "Check that a trusted key signed an artifact, every byte of it");
  auto options = std::make_shared<Options>();
  verb->add_option("ARTIFACT", options->artifact, "what `tenon sign` made")->required();
  add_trust(*verb, options->trust)->required();
  verb->add_flag("--json", options->json, "for programs to read");
  verb->footer(
      "None of the artifact's code is loaded. To run what was checked, give --trust to call, run or exec:\n"
      "the file may change after this.\n\n"
      "Examples:\n"
      "  tenon verify signed.so --trust release.pub\n"
      "  tenon verify plugin.so --signature plugin.so.sig --trust old.pub --trust new.pub");
  verb->callback([options, &action] {
    action = [options](const std::vector<std::string>& rest) {
      return rest.empty() ? verify(*options) : usage_error("verify takes nothing after --");
    };
  });
}

}  // namespace tenon::tool
