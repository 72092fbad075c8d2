// What is neither a number nor a text has no way across.
// expect: static assertion failed: each parameter of a plugin's host function with texts is std::string_view
// errors: 1
#include <map>

#include <tenon/tenon.hpp>

#ifdef FIXED
using Parameter = std::string_view;
#else
using Parameter = std::map<int, int>;
#endif

void give(tenon::PluginOptions& options) {
  options.host_function("app", "log", [](std::string_view, const Parameter&) {});
}
