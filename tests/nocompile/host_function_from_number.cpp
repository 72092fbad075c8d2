// A host function is something to call.
// expect: error: (static assertion failed|no matching function|.*constraint|.*not a class|.operator\(\). is not a member)
#include <tenon/tenon.hpp>

void define(tenon::Imports& imports) {
#ifdef FIXED
  imports.function("env", "answer", [] { return 42; });
#else
  imports.function("env", "answer", 42);
#endif
}
