// The reader and validator on any bytes: an answer or an error, in little time
// and memory. What is accepted must be accepted again, and be the same.
#include <cstdlib>

#include "wasm/module.hpp"
#include "wasm/reader/reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tenon::wasm;
  const auto module = read_module({data, size}, default_features());
  if (!module) {
    // An error says where, and that lies within the input.
    if (module.error().byte_offset > size) std::abort();
    return 0;
  }
  const auto again = read_module({data, size}, default_features());
  if (!again || again->functions != module->functions || again->exports.size() != module->exports.size())
    std::abort();
  return 0;
}
