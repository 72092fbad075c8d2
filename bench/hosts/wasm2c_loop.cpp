// The original loop through wasm2c's C, compiled by clang.
//
//   loop-wasm2c [COUNT [COLLECT_EVERY]]
//
// BENCH_GUARD_ONCE sets wasm2c's trap guard once around the whole loop, where
// the default sets it once for each item, so that one bad item ends alone.
#include <array>
#include <cstring>

#include "guest.h"
#include "loop.hpp"
#include "wasm-rt-impl.h"

struct Z_custom_instance_t {};
struct Z_wasi_snapshot_preview1_instance_t {
  wasm_rt_memory_t* memory;
};

extern "C" {

u32 Z_customZ_tests(Z_custom_instance_t*, u32 value) { return value + 1; }
u64 Z_customZ_tests2(Z_custom_instance_t*, u64 value) { return value + 2; }

// Guest output goes to standard error: standard output is for the figures.
u32 Z_wasi_snapshot_preview1Z_fd_write(Z_wasi_snapshot_preview1_instance_t* wasi, u32, u32 vectors, u32 count,
                                       u32 written) {
  u32 total = 0;
  for (u32 i = 0; i < count; ++i) {
    std::array<u32, 2> vector;  // address, size
    std::memcpy(vector.data(), wasi->memory->data + vectors + 8 * i, sizeof vector);
    std::fwrite(wasi->memory->data + vector[0], 1, vector[1], stderr);
    total += vector[1];
  }
  std::memcpy(wasi->memory->data + written, &total, sizeof total);
  return 0;
}

void Z_wasi_snapshot_preview1Z_proc_exit(Z_wasi_snapshot_preview1_instance_t*, u32) {
  wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
}

}  // extern "C"

namespace {

constexpr u32 kArrayBufferClass = 1;

void guard() {
  if (const int trap = wasm_rt_impl_try(); trap != 0) {
    bench::fail(wasm_rt_strerror(static_cast<wasm_rt_trap_t>(trap)));
  }
}

class Guest {
 public:
  Guest() {
    wasm_rt_init();
    Z_guest_init_module();
    wasi_.memory = &instance_.w2c_memory;
    Z_guest_instantiate(&instance_, &custom_, &wasi_);
  }

  void start(std::string_view config) {
    Z_guestZ__start(&instance_);
    Z_guestZ_init(&instance_, pass(config));
  }

  void execute(std::string_view key, std::string_view payload, std::string& result) {
    const u32 first = Z_guestZ___pin(&instance_, pass(key));
    const u32 returned = Z_guestZ_transform(&instance_, first, pass(payload));
    read(returned, result);
    Z_guestZ___unpin(&instance_, first);
  }

  void collect() { Z_guestZ___collect(&instance_); }

 private:
  // The header's two fields that matter: class and size, after the checks that
  // a pointer from a guest needs.
  std::array<u32, 2> header(u32 pointer) const {
    std::array<u32, 2> fields;
    if (pointer < sizeof fields || pointer > instance_.w2c_memory.size)
      bench::fail("a pointer outside the memory");
    std::memcpy(fields.data(), instance_.w2c_memory.data + pointer - sizeof fields, sizeof fields);
    if (fields[0] != kArrayBufferClass || std::uint64_t{pointer} + fields[1] > instance_.w2c_memory.size) {
      bench::fail("no ArrayBuffer");
    }
    return fields;
  }

  u32 pass(std::string_view text) {
    const u32 pointer = Z_guestZ_malloc(&instance_, static_cast<u32>(text.size()));
    if (header(pointer)[1] < text.size()) bench::fail("a buffer too small");
    std::memcpy(instance_.w2c_memory.data + pointer, text.data(), text.size());
    return pointer;
  }

  void read(u32 pointer, std::string& result) const {
    const u32 size = header(pointer)[1];
    result.assign(reinterpret_cast<const char*>(instance_.w2c_memory.data) + pointer, size);
  }

  Z_guest_instance_t instance_{};
  Z_custom_instance_t custom_;
  Z_wasi_snapshot_preview1_instance_t wasi_{};
};

}  // namespace

int main(int argc, char** argv) {
  const auto options = bench::loop_options(argc, argv, 1);
  static Guest guest;
  static std::uint32_t calls = 0;
  guard();
  guest.start("Some input we have");
  bench::run_loop(options, [&](std::string_view key, std::string_view payload, std::string& result) {
#ifndef BENCH_GUARD_ONCE
    guard();
#endif
    guest.execute(key, payload, result);
    if (++calls < options.collect_every) return;
    calls = 0;
    guest.collect();
  });
}
