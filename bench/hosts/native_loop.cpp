// The original loop with a native plugin: native-loop PLUGIN.so [COUNT]
#include <dlfcn.h>

#include <cstring>

#include "loop.hpp"

namespace {

class Plugin {
 public:
  explicit Plugin(const char* path) : library_(dlopen(path, RTLD_NOW)) {
    if (library_ == nullptr) bench::fail(dlerror());
    find(allocate_, "plugin_allocate");
    find(free_, "plugin_free");
    find(transform_, "plugin_transform");
  }

  void execute(std::string_view key, std::string_view payload, std::string& result) const {
    char* const first = pass(key);
    char* const second = pass(payload);
    std::size_t size = 0;
    char* const returned = transform_(first, key.size(), second, payload.size(), &size);
    result.assign(returned, size);
    for (char* buffer : {first, second, returned}) free_(buffer);
  }

 private:
  template <typename Function>
  void find(Function*& function, const char* name) {
    function = reinterpret_cast<Function*>(dlsym(library_, name));
    if (function == nullptr) bench::fail(dlerror());
  }

  char* pass(std::string_view text) const {
    char* const buffer = allocate_(text.size());
    std::memcpy(buffer, text.data(), text.size());
    return buffer;
  }

  void* library_;
  char* (*allocate_)(std::size_t) = nullptr;
  void (*free_)(char*) = nullptr;
  char* (*transform_)(const char*, std::size_t, const char*, std::size_t, std::size_t*) = nullptr;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) bench::fail("usage: native-loop PLUGIN.so [COUNT]");
  const Plugin plugin(argv[1]);
  bench::run_loop(bench::loop_options(argc, argv, 2),
                  [&](std::string_view key, std::string_view payload, std::string& result) {
                    plugin.execute(key, payload, result);
                  });
}
