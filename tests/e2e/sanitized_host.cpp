// A program under the address sanitizer that uses Tenon: traps of guests are errors, and a
// crash of its own is the sanitizer's to report.
#include <cstdio>
#include <cstring>

#include <tenon/tenon.hpp>

int main(int count, char** arguments) {
  if (count != 3) return 1;
  const auto module = tenon::Module::load(arguments[1]);
  if (!module) return 2;
  tenon::Store store({.poison_after_trap = false});
  tenon::Imports imports;
  imports.define("h", "f", tenon::HostFunction([] {}));
  const auto instance = store.instantiate(*module, imports);
  if (!instance) return 3;
  for (const char* name : {"outside", "unreachable", "deep"}) {
    const auto done = instance->function<void()>(name).value()();
    if (done) return 4;
    std::puts(tenon::to_string(done.error()).c_str());
    if (done.error().code != tenon::ErrorCode::trap) return 5;
  }
  std::fflush(stdout);
  volatile char* const nowhere = nullptr;
  if (std::strcmp(arguments[2], "crash") == 0) *nowhere = 1;
  return 0;
}
