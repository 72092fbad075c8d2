// What every target needs of the sanitizers, unless ASAN_OPTIONS says otherwise.
#include <sanitizer/asan_interface.h>

extern "C" const char* __asan_default_options() {
  // The runtime's signals are its own. LLVM's library is not instrumented, so
  // containers that it grew look overflown.
  return "handle_segv=0:handle_sigill=0:use_sigaltstack=0:detect_container_overflow=0:allocator_may_return_"
         "null=1";
}
