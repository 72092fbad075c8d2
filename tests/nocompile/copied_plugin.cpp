// A plugin owns its store: it moves, and is never copied.
// expect: error: use of deleted function.*Plugin
#include <utility>

#include <tenon/tenon.hpp>

tenon::Plugin take(tenon::Plugin& plugin) {
#ifdef FIXED
  return std::move(plugin);
#else
  return plugin;
#endif
}
