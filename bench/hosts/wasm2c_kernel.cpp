// Runs one kernel through wasm2c's C: wasm2c-kernel ROUNDS
#include "guest.h"
#include "measure.hpp"
#include "wasm-rt-impl.h"

int main(int argc, char** argv) {
  if (argc != 2) bench::fail("usage: wasm2c-kernel ROUNDS");
  wasm_rt_init();
  Z_guest_init_module();
  static Z_guest_instance_t instance;
  Z_guest_instantiate(&instance);
  if (wasm_rt_impl_try() != 0) bench::fail("the kernel trapped");
  bench::run_kernel(bench::parse_count(argv[1]),
                    [](std::uint32_t rounds) { return Z_guestZ_kernel(&instance, rounds); });
}
