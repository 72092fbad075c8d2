// The boundary benchmarks through wasm2c's C, each call under its trap guard.
#include <cstring>

#include "boundary.hpp"
#include "guest.h"
#include "wasm-rt-impl.h"

struct Z_bench_instance_t {};
extern "C" u32 Z_benchZ_add_one(Z_bench_instance_t*, u32 value) { return value + 1; }

namespace {

void guard() {
  if (wasm_rt_impl_try() != 0) bench::fail("the guest trapped");
}

class Guest {
 public:
  Guest() {
    wasm_rt_init();
    Z_guest_init_module();
    Z_guest_instantiate(&instance_, &host_);
  }

  void empty() {
    guard();
    Z_guestZ_empty(&instance_);
  }
  std::int32_t add(std::int32_t a, std::int32_t b) {
    guard();
    return static_cast<std::int32_t>(Z_guestZ_add(&instance_, static_cast<u32>(a), static_cast<u32>(b)));
  }
  std::int32_t call_host(std::int32_t times) {
    guard();
    return static_cast<std::int32_t>(Z_guestZ_call_host(&instance_, static_cast<u32>(times)));
  }
  void pass_bytes(std::span<const std::uint8_t> in, std::span<std::uint8_t> out) {
    guard();
    const auto size = static_cast<u32>(in.size());
    std::memcpy(checked(Z_guestZ_buffer(&instance_), size), in.data(), size);
    std::memcpy(out.data(), checked(Z_guestZ_flip(&instance_, size), size), size);
  }

 private:
  std::uint8_t* checked(u32 pointer, std::size_t size) {
    if (std::uint64_t{pointer} + size > instance_.w2c_memory.size)
      bench::fail("a pointer outside the memory");
    return instance_.w2c_memory.data + pointer;
  }

  Z_guest_instance_t instance_{};
  Z_bench_instance_t host_;
};

}  // namespace

int main(int argc, char** argv) {
  static Guest guest;
  return bench::run_boundary(argc, argv, guest);
}
