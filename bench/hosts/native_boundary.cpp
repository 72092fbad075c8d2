// The boundary benchmarks with a native shared object: native-boundary GUEST.so [Google Benchmark's options]
#include <dlfcn.h>

#include <cstring>

#include "boundary.hpp"

extern "C" [[gnu::visibility("default")]] std::int32_t add_one(std::int32_t value) { return value + 1; }

namespace {

template <typename Function>
Function* find(void* library, const char* name) {
  const auto function = reinterpret_cast<Function*>(dlsym(library, name));
  if (function == nullptr) bench::fail(dlerror());
  return function;
}

struct Guest {
  explicit Guest(void* library)
      : empty(find<void()>(library, "empty")),
        add(find<std::int32_t(std::int32_t, std::int32_t)>(library, "add")),
        call_host(find<std::int32_t(std::int32_t)>(library, "call_host")),
        buffer(find<std::uint8_t*()>(library, "buffer")),
        flip(find<std::uint8_t*(std::uint32_t)>(library, "flip")) {}

  void pass_bytes(std::span<const std::uint8_t> in, std::span<std::uint8_t> out) const {
    std::memcpy(buffer(), in.data(), in.size());
    std::memcpy(out.data(), flip(static_cast<std::uint32_t>(in.size())), in.size());
  }

  void (*empty)();
  std::int32_t (*add)(std::int32_t, std::int32_t);
  std::int32_t (*call_host)(std::int32_t);
  std::uint8_t* (*buffer)();
  std::uint8_t* (*flip)(std::uint32_t);
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) bench::fail("usage: native-boundary GUEST.so");
  void* const library = dlopen(argv[1], RTLD_NOW);
  if (library == nullptr) bench::fail(dlerror());
  Guest guest(library);
  return bench::run_boundary(argc - 1, argv + 1, guest);
}
