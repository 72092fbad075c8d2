// Runs one kernel's artifact: tenon-kernel ARTIFACT.so ROUNDS
#include <tenon/tenon.hpp>

#include "measure.hpp"

int main(int argc, char** argv) {
  if (argc != 3) bench::fail("usage: tenon-kernel ARTIFACT.so ROUNDS");
  const auto module = tenon::Module::load(argv[1]);
  if (!module) bench::fail(tenon::to_string(module.error()));
  tenon::Store store;
  const auto instance = store.instantiate(*module);
  if (!instance) bench::fail(tenon::to_string(instance.error()));
  const auto kernel = instance->function<std::int64_t(std::int32_t)>("kernel");
  if (!kernel) bench::fail(tenon::to_string(kernel.error()));
  bench::run_kernel(bench::parse_count(argv[2]), [&](std::uint32_t rounds) {
    const auto result = (*kernel)(static_cast<std::int32_t>(rounds));
    if (!result) bench::fail(tenon::to_string(result.error()));
    return static_cast<std::uint64_t>(*result);
  });
}
