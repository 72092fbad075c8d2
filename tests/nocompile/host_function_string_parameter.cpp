// A string is not a WebAssembly value: it crosses as an address and a size.
// expect: static assertion failed: each parameter of a host function is a WebAssembly value: .* a text crosses as an address and a size
// errors: 1
#include <string>

#include <tenon/tenon.hpp>

#ifdef FIXED
using Parameter = std::int32_t;
#else
using Parameter = std::string;
#endif

void define(tenon::Imports& imports) {
  imports.function("env", "log", [](Parameter) {});
}
