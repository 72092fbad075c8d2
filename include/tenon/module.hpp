// A loaded artifact: native code ready to be instantiated (a module: WebAssembly
// 2.0, section 2.5).
//
//   auto module = tenon::Module::load("fib.so");
//   if (!module) return fail(module.error());
//   for (const tenon::ExportType& item : module->exports()) std::cout << item.name << '\n';
//
// A Module is a cheap handle to shared, immutable state: copy it freely, use it
// from any thread. The code stays mapped until the last handle, and the last
// store with an instance of it, are gone. Loading takes far longer than making an
// instance: load once, and instantiate as often as you like.
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <tenon/api.hpp>
#include <tenon/artifact_info.hpp>
#include <tenon/detail/forward.hpp>
#include <tenon/error.hpp>
#include <tenon/trust.hpp>

namespace tenon TENON_API {

struct LoadOptions {
  // Loads from a copy of the file, which is in memory and which nobody can change: whoever
  // writes into the file changes no code that runs, and crashes nothing. The copy is checked,
  // not the file. It costs memory of the file's size, which processes do not share as they
  // share the file's, and time (docs/deploying.md). It needs /proc.
  bool private_copy = false;
  // Loads only what one of these keys signed, every byte of it, and refuses all else
  // (ErrorCode::untrusted) before any code but the check has looked at it. What was checked is what
  // is loaded, whoever writes or renames meanwhile: a private copy as above is checked. An
  // empty list trusts nobody. Unset: no signature is looked for.
  std::optional<std::vector<PublicKey>> trusted_keys{};
  // A file with the signature (`tenon sign --detached`), where it is not in the artifact.
  std::filesystem::path signature{};
};

class Module {
 public:
  // Checks the note first (see read_artifact_info) and only then hands the file
  // to dlopen, since dlopen already runs code. An artifact is native code: load
  // only what you, or someone you trust, compiled.
  //
  // Errors, all of phase load: io, not_an_artifact, corrupt_artifact, version_mismatch,
  // cpu_mismatch, out_of_resources, untrusted; each message names the file. Thread-safe.
  //
  // The path is looked up once: whatever is renamed over it meanwhile, what was
  // checked is what is loaded (where there is /proc; else by the path again, and
  // a file that was replaced in between is refused). To replace an artifact,
  // rename a new one over it, as `tenon compile` does. Whoever writes into a file
  // whose code is mapped changes that code, and whoever makes it shorter has the
  // process end with SIGBUS, in Tenon as in any program; where that may happen,
  // LoadOptions::private_copy helps, and tenon::Reloadable always uses it.
  [[nodiscard]] static std::expected<Module, Error> load(const std::filesystem::path& path,
                                                         const LoadOptions& options = {});

  // What the note said when it was loaded. This and the three below are valid while any copy
  // of the Module, or a store with an instance of it, lives.
  [[nodiscard]] const ArtifactInfo& info() const;
  // The signature by which it was loaded; null where there were no keys to trust. Valid as info.
  [[nodiscard]] const SignatureInfo* signature() const;
  // In the order of the .wasm file.
  [[nodiscard]] std::span<const ImportType> imports() const { return info().imports; }
  [[nodiscard]] std::span<const ExportType> exports() const { return info().exports; }

 private:
  friend struct runtime::Access;
  explicit Module(std::shared_ptr<const runtime::ModuleImpl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const runtime::ModuleImpl> impl_;
};

}  // namespace tenon
