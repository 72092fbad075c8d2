#include "wasm/validate/subtyping.hpp"

#include <cstring>

namespace tenon::wasm {
namespace {

constexpr std::size_t kBlock = 16;

bool match_block(const ValueType* found, const ValueType* wanted) {
  std::uint32_t misfits = 0;
  for (std::size_t i = 0; i < kBlock; ++i)
    misfits |= static_cast<std::uint32_t>(!matches(found[i], wanted[i]));
  return misfits == 0;
}

}  // namespace

bool match(std::span<const ValueType> found, std::span<const ValueType> wanted) {
  if (found.size() != wanted.size()) return false;
  std::size_t i = 0;
  if (found.size() > kBlock) {
    if (std::memcmp(found.data(), wanted.data(), found.size_bytes()) == 0) return true;
    for (; i + kBlock <= found.size(); i += kBlock) {
      if (!match_block(&found[i], &wanted[i])) return false;
    }
  }
  for (; i < found.size(); ++i) {
    if (found[i] != wanted[i] && !matches(found[i], wanted[i])) return false;
  }
  return true;
}

}  // namespace tenon::wasm
