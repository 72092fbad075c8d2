// bool has no WebAssembly type; say int32_t.
// expect: error: (static assertion failed|no matching function|.*constraint|incomplete type)
// expect: WasmValue|WasmTypeOf|WebAssembly
#include <tenon/tenon.hpp>

#ifdef FIXED
using Result = std::int32_t;
#else
using Result = bool;
#endif

void define(tenon::PluginOptions& options) {
  options.host_function("env", "ready", []() -> Result { return true; });
}
