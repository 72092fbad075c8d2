// The headers say which standard they need, before anything else fails.
// expect: #error "Tenon's headers need C\+\+23
#ifndef FIXED
#undef __cplusplus
#define __cplusplus 202002L
#endif
#include <tenon/api.hpp>
