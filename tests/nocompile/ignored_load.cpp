// Nor a failed load.
// expect: error: ignoring return(ed)? value.*Module::load.*nodiscard
#include <tenon/tenon.hpp>

void load() {
#ifdef FIXED
  [[maybe_unused]] const auto module = tenon::Module::load("plugin.so");
#else
  tenon::Module::load("plugin.so");
#endif
}
