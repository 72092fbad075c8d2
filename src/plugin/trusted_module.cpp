#include "plugin/trusted_module.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace tenon::plugin {

std::expected<void, Error> check_trust(const Module& module, const LoadOptions& options) {
  if (!options.trusted_keys) return {};
  const auto fail = [](const std::string& what) {
    return base::fail(Phase::load, ErrorCode::untrusted, what);
  };
  // Safety: a module that was loaded without a look at its signature is as good as unsigned.
  const SignatureInfo* const signature = module.signature();
  if (signature == nullptr)
    return fail("the module was loaded without trusted keys; load it with LoadOptions::trusted_keys");
  const auto key = std::ranges::find(*options.trusted_keys, signature->key_id, &PublicKey::id);
  if (key != options.trusted_keys->end()) return {};
  return fail("the module is signed with the key " + signature->key_id + ", which is not trusted");
}

}  // namespace tenon::plugin
