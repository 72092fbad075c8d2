// Nor does a host function's result live as long as its view.
// expect: static assertion failed: the result of a plugin's host function with texts is void, std::string, .*a view would be of something that is gone
// errors: 1
#include <tenon/tenon.hpp>

#ifdef FIXED
using Result = std::string;
#else
using Result = std::string_view;
#endif

void give(tenon::PluginOptions& options) {
  options.host_function("app", "get_config", [](std::string_view key) -> Result { return Result(key); });
}
