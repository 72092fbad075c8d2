// TENON_API marks what the shared library exports: a namespace block written
// `namespace tenon TENON_API { … }` gives everything declared in it default
// visibility, while the library itself is compiled with hidden visibility.
#pragma once

#define TENON_API __attribute__((visibility("default")))
