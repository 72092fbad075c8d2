// A failed init must not pass unseen.
// expect: error: ignoring return(ed)? value.*Plugin::init.*nodiscard
#include <tenon/tenon.hpp>

void start(tenon::Plugin& plugin) {
#ifdef FIXED
  if (!plugin.init("configuration")) return;
#else
  plugin.init("configuration");
#endif
}
