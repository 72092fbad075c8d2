// What every public header begins with.
//
// TENON_API marks what the shared library exports: a namespace block written
// `namespace tenon TENON_API { … }` gives everything declared in it default
// visibility, while the library itself is compiled with hidden visibility. The two checks
// below say in one sentence what would otherwise be a page of errors about std::expected.
#pragma once

#if !defined(__cplusplus) || __cplusplus < 202100L
#error "Tenon's headers need C++23 (std::expected): compile with -std=c++23"
#endif

#include <version>
#ifndef __cpp_lib_expected
#error "Tenon's headers need std::expected, which this standard library lacks: use GCC 12 or later"
#endif

#define TENON_API __attribute__((visibility("default")))
