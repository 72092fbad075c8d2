// Valid modules through the whole compiler but the linker: neither a crash nor
// an error of phase compile other than for a limit or a missing feature.
#include <cstdlib>

#include "compiler/compiler.hpp"
#include "wasm/module.hpp"

namespace {

constexpr std::size_t kLargest = 16 * 1024;  // LLVM's time is not what is looked for

bool excusable(tenon::ErrorCode code) {
  return code == tenon::ErrorCode::limit_exceeded || code == tenon::ErrorCode::unsupported;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tenon;
  if (size == 0 || size > kLargest) return -1;
  // The first byte chooses how; the rest is the module.
  const base::ByteView wasm(data + 1, size - 1);
  if (!wasm::read_module(wasm, wasm::default_features())) return -1;
  compiler::CompileOptions options{.optimization_level = static_cast<std::uint8_t>(data[0] % 3),
                                   .strict = (data[0] & 4) != 0,
                                   .metering = (data[0] & 16) != 0,
                                   .bounds = (data[0] & 8) != 0 ? Bounds::explicit_checks : Bounds::guard,
                                   .emit = compiler::Emit::object};
  const auto compiled = compiler::compile(wasm, options);
  if (!compiled && !excusable(compiled.error().code)) std::abort();
  return 0;
}
