// Runs one kernel's native shared object: native-kernel KERNEL.so ROUNDS
#include <dlfcn.h>

#include "measure.hpp"

int main(int argc, char** argv) {
  if (argc != 3) bench::fail("usage: native-kernel KERNEL.so ROUNDS");
  void* const library = dlopen(argv[1], RTLD_NOW);
  if (library == nullptr) bench::fail(dlerror());
  const auto kernel = reinterpret_cast<std::uint64_t (*)(std::uint32_t)>(dlsym(library, "kernel"));
  if (kernel == nullptr) bench::fail(dlerror());
  bench::run_kernel(bench::parse_count(argv[2]), kernel);
}
