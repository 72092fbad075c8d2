// A view of a guest's result would be of something that is gone.
// expect: static assertion failed: the result of a plugin's function is void, bool, .*a view would be of something that is gone
// errors: 1
#include <tenon/tenon.hpp>

#ifdef FIXED
using Result = std::string;
#else
using Result = std::string_view;
#endif

void find(const tenon::Plugin& plugin) {
  static_cast<void>(plugin.function<Result(std::string_view)>("transform"));
}
