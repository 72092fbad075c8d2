// The caller is not copied.
// expect: static assertion failed: a host function takes the caller by reference
// errors: 1
#include <tenon/tenon.hpp>

#ifdef FIXED
using Parameter = tenon::Caller&;
#else
using Parameter = tenon::Caller;
#endif

void define(tenon::Imports& imports) {
  imports.function("env", "log", [](Parameter) {});
}
