// A lambda with `auto` parameters has no one type.
// expect: static assertion failed: a host function is a callable with one signature
// errors: 1
#include <tenon/tenon.hpp>

#ifdef FIXED
#define PARAMETER std::int32_t
#else
#define PARAMETER auto
#endif

void define(tenon::Imports& imports) {
  imports.function("env", "log", [](PARAMETER) {});
}
