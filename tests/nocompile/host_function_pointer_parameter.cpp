// Nor a pointer, which means nothing in the guest.
// expect: static assertion failed: each parameter of a host function is a WebAssembly value: .* a text crosses as an address and a size
// errors: 1
#include <tenon/tenon.hpp>

#ifdef FIXED
using Parameter = std::uint32_t;
#else
using Parameter = const char*;
#endif

void define(tenon::Imports& imports) {
  imports.function("env", "log", [](Parameter) {});
}
