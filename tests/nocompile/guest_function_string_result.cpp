// What a guest's function gives is a WebAssembly value, too.
// expect: static assertion failed: the result of a guest's function is void, a WebAssembly value
#include <string>

#include <tenon/tenon.hpp>

#ifdef FIXED
using Result = std::int32_t;
#else
using Result = std::string;
#endif

bool call(const tenon::Instance& instance) {
  const auto function = instance.function<Result()>("name");
  return function && (*function)();
}
