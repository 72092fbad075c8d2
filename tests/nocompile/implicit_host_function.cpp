// Making a host function is said aloud.
// expect: error: .*(could not convert|conversion|no matching|cannot convert)
#include <tenon/tenon.hpp>

tenon::HostFunction make() {
#ifdef FIXED
  return tenon::HostFunction([](std::int32_t i) { return i; });
#else
  return [](std::int32_t i) { return i; };
#endif
}
