// A string is not a WebAssembly value: it crosses as an address and a size.
// expect: error: (static assertion failed|no matching function|.*constraint|incomplete type)
// expect: WasmValue|WasmTypeOf|WebAssembly
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
