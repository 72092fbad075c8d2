// tenon sign: an artifact with the signature of whoever has the key.
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <filesystem>

#include <sys/stat.h>

#include "artifact/artifact_file.hpp"
#include "base/error.hpp"
#include "runtime/code/private_copy.hpp"
#include "secret_key.hpp"
#include "shared/whole_file.hpp"
#include "trust/small_file.hpp"
#include "verbs.hpp"

namespace tenon::tool {
namespace {

struct Options {
  std::string artifact, key, output, signer;
  bool detached = false, replace = false;
};

std::string now() {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm time{};
  gmtime_r(&seconds, &time);
  char text[32];
  return {text, std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &time)};
}

struct Artifact {
  base::Bytes bytes;  // without a signature that it had
  SignatureInfo info;
};

// What is read is what is checked and signed, whoever writes into the file meanwhile. It may be for
// another machine than this one.
std::expected<Artifact, Error> read_artifact(const Options& options) {
  const std::string& name = options.artifact;
  const auto fail = [&](ErrorCode code, const std::string& what) {
    return base::fail(Phase::load, code, name + ": " + what);
  };
  const int fd = trust::open_to_read(name);
  if (fd < 0) return fail(ErrorCode::io, std::string("cannot be opened: ") + std::strerror(errno));
  const runtime::File file(fd);
  struct stat status{};
  if (fstat(fd, &status) != 0)
    return fail(ErrorCode::io, std::string("cannot be read: ") + std::strerror(errno));
  // Nobody could verify it. And a file that is mostly a hole would fill the memory.
  if (status.st_size > static_cast<off_t>(trust::kMostBytes - trust::kMostTrailerBytes))
    return fail(ErrorCode::invalid_argument, "larger than 4 GiB, which no signed artifact is");
  if (auto fine = artifact::check_artifact(fd, name, artifact::ForMachine::any); !fine)
    return std::unexpected(with_advice(std::move(fine.error()), name));
  const auto copy = runtime::sealed_copy(file, name, static_cast<std::uint64_t>(status.st_size));
  if (!copy) return std::unexpected(copy.error());
  const auto note = artifact::check_artifact((*copy)->fd(), name, artifact::ForMachine::any);
  if (!note) return std::unexpected(note.error());

  Artifact artifact;
  artifact.info.source_sha256 = note->note.info.source_sha256;
  artifact.bytes.resize(static_cast<std::size_t>(status.st_size));
  const auto count = trust::read_at((*copy)->fd(), artifact.bytes, 0);
  if (count != status.st_size) return fail(ErrorCode::io, "became shorter while it was read");
  const auto old = trust::decode_trailer(artifact.bytes);
  if (old && !options.replace)
    return fail(ErrorCode::invalid_argument, "is signed already, by " + old->info.signer +
                                                 "; --replace puts another signature in its place");
  if (old) artifact.bytes.resize(artifact.bytes.size() - old->size());
  if (trust::ends_in_trailer(artifact.bytes))
    return fail(ErrorCode::invalid_argument, "ends in a damaged signature; sign what `tenon compile` made");
  return artifact;
}

std::string output_name(const Options& options) {
  return options.output.empty() ? options.artifact + ".sig" : options.output;
}

int sign(Options options) {
  if (!options.detached && options.output.empty()) return usage_error("sign needs -o OUTPUT, or --detached");
  if (options.detached && options.replace) return usage_error("--replace is not for --detached");
  if (options.signer.empty() && options.key == "-") return usage_error("--key - needs a --signer as well");
  if (options.signer.empty()) options.signer = std::filesystem::path(options.key).filename().string();
  if (!trust::is_signer_name(options.signer))
    return usage_error("\"" + options.signer +
                       "\" is no --signer: up to 200 bytes of UTF-8 on one line, "
                       "without control characters, characters that are not seen, and spaces at its ends");
  std::error_code ignored;
  if (std::filesystem::equivalent(options.key, output_name(options), ignored))
    return usage_error("-o is the secret key, which would be overwritten");
  const auto key = SecretKey::read(options.key);
  if (!key) return report(key.error());
  auto artifact = read_artifact(options);
  if (!artifact) return report(artifact.error());
  artifact->info.signer = options.signer;
  artifact->info.time = now();
  auto trailer = make_trailer(artifact->bytes, artifact->info, *key);
  if (!trailer) return report(trailer.error());
  base::Bytes& whole = artifact->bytes;
  if (!options.detached) whole.insert(whole.end(), trailer->begin(), trailer->end());
  const auto done = tools::replace_file(output_name(options), options.detached ? *trailer : whole,
                                        options.detached ? 0644 : 0755);
  return done ? kOk : failed("sign", done.error());
}

}  // namespace

void add_sign(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("sign", "Sign an artifact, so that hosts can tell who made it");
  auto options = std::make_shared<Options>();
  verb->add_option("ARTIFACT", options->artifact, "what `tenon compile` made")->required();
  verb->add_option("--key", options->key, "the secret key, as `tenon keygen` made it; - is standard input")
      ->required()
      ->type_name("FILE");
  verb->add_option("-o,--output", options->output, "where the signed artifact, or the signature, goes")
      ->type_name("FILE");
  verb->add_option("--signer", options->signer, "who signs, in words (default: the name of the key's file)")
      ->type_name("NAME");
  verb->add_flag("--detached", options->detached,
                 "leave the artifact as it is, and write the signature to a file (default: ARTIFACT.sig)");
  verb->add_flag("--replace", options->replace, "put this signature in the place of one that is there");
  verb->footer(
      "Examples:\n"
      "  tenon sign plugin.so --key release -o signed.so --signer 'Example Ltd., plugins'\n"
      "  tenon sign plugin.so --key release --detached && tenon verify plugin.so --trust release.pub "
      "--signature plugin.so.sig");
  verb->callback([options, &action] {
    action = [options](const std::vector<std::string>& rest) {
      return rest.empty() ? sign(*options) : usage_error("sign takes nothing after --");
    };
  });
}

}  // namespace tenon::tool
