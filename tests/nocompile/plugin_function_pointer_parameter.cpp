// A pointer is no text: its length is unknown, and it may be null.
// expect: static assertion failed: each parameter of a plugin's function is bool, .*std::string_view
// errors: 1
#include <tenon/tenon.hpp>

#ifdef FIXED
using Parameter = std::string_view;
#else
using Parameter = const char*;
#endif

void find(const tenon::Plugin& plugin) {
  static_cast<void>(plugin.function<std::string(Parameter)>("transform"));
}
