// A library that uses Tenon, as a plugin of some other program would.
#include <chrono>

#include <tenon/tenon.hpp>

extern "C" int use_tenon(const char* artifact) {
  using namespace std::chrono_literals;
  const auto module = tenon::Module::load(artifact);
  if (!module) return 1;
  tenon::Store store({.poison_after_trap = false, .timeout = 5ms});
  tenon::Imports imports;
  imports.define("h", "f", tenon::HostFunction([] {}));
  const auto instance = store.instantiate(*module, imports);
  if (!instance) return 2;
  const auto outside = instance->function<void()>("outside").value()();
  if (outside || outside.error().code != tenon::ErrorCode::trap) return 3;
  const auto spin = instance->function<void()>("spin").value()();
  return !spin && spin.error().code == tenon::ErrorCode::timeout ? 0 : 4;
}
