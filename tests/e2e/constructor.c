// A shared object that shows whether anyone loaded it.
#include <stdlib.h>

__attribute__((constructor)) static void on_load(void) { setenv("TENON_TEST_CONSTRUCTOR_RAN", "1", 1); }
