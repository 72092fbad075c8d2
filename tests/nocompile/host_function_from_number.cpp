// A host function is something to call.
// expect: static assertion failed: a host function is a callable with one signature
// errors: 1
#include <tenon/tenon.hpp>

void define(tenon::Imports& imports) {
#ifdef FIXED
  imports.function("env", "answer", [] { return 42; });
#else
  imports.function("env", "answer", 42);
#endif
}
