// tenon keygen: a pair of keys, in two files.
#include <filesystem>
#include <iostream>

#include <sodium.h>
#include <unistd.h>

#include "base/utf8.hpp"
#include "secret_key.hpp"
#include "shared/whole_file.hpp"
#include "verbs.hpp"

namespace tenon::tool {
namespace {

base::ByteView bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool is_there(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

int keygen(const std::string& name) {
  if (is_there(name + ".pub") && !is_there(name))
    return failed("keygen",
                  name + ".pub is there already, and no secret key " + name +
                      ": where the secret key is kept elsewhere, take another name; where keygen was "
                      "stopped before it was done, remove " +
                      name + ".pub, which nobody can have signed for, and try again");
  const auto key = SecretKey::make();
  if (!key) return report(key.error());
  const PublicKey public_key = key->public_key();
  const std::string public_text =
      trust::write_key(trust::KeyKind::public_key, {.id = public_key.id(), .bytes = public_key.bytes()});
  std::string secret_text = key->text();
  // The public one first: where there is a secret key, its public one is there. One that is alone
  // does no harm, as nobody can sign for it.
  auto done = tools::create_file(name + ".pub", bytes_of(public_text), 0644);
  const bool is_begun = done.has_value();
  if (done) done = tools::create_file(name, bytes_of(secret_text), 0600);
  sodium_memzero(secret_text.data(), secret_text.size());
  if (!done) {
    if (is_begun) ::unlink((name + ".pub").c_str());
    return failed("keygen", done.error());
  }
  std::cout << "key " << public_key.id() << '\n'
            << "secret " << base::printable(name, 4096) << " (signs artifacts: keep it to yourself)\n"
            << "public " << base::printable(name, 4096) << ".pub (for --trust and trusted_keys)\n";
  return kOk;
}

}  // namespace

void add_keygen(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("keygen", "Make a pair of keys, to sign artifacts and to trust them");
  auto name = std::make_shared<std::string>();
  verb->add_option("-o,--output", *name, "the file of the secret key; the public one gets .pub as well")
      ->required()
      ->type_name("NAME");
  verb->footer(
      "Neither file may be there already. Only you can read the secret one (mode 0600).\n\n"
      "Example:\n  tenon keygen -o release && tenon sign plugin.so --key release -o signed.so");
  verb->callback([name, &action] {
    action = [name](const std::vector<std::string>& rest) {
      return rest.empty() ? keygen(*name) : usage_error("keygen takes nothing after --");
    };
  });
}

}  // namespace tenon::tool
