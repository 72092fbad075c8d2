// bool has no WebAssembly type; say int32_t.
// expect: static assertion failed: the result of a host function is void, a WebAssembly value
// errors: 1
#include <tenon/tenon.hpp>

#ifdef FIXED
using Result = std::int32_t;
#else
using Result = bool;
#endif

void define(tenon::Imports& imports) {
  imports.function("env", "ready", []() -> Result { return true; });
}
