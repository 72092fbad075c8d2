// WASI preview 1 against a guest that does nothing but pass calls on, so that
// every function can be called with every argument that a guest may give.
#include <algorithm>
#include <cstring>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "support/wasi_guest.hpp"

namespace tenon::wasi {
namespace {

using u32 = std::uint32_t;

constexpr u32 kSuccess = 0, kBadDescriptor = 8, kFault = 21, kInvalid = 28, kNotSocket = 57,
              kNotSupported = 58, kNotSeekable = 70;
constexpr u32 kMemorySize = tests::WasiGuest::kMemorySize;

class WasiTest : public testing::Test {
 protected:
  WasiOptions options() {
    WasiOptions options;
    options.argument("prog").argument("two words").environment("K", "V").environment("EMPTY", "");
    options.standard_output = [this](std::span<const std::uint8_t> bytes) {
      output_ += base::as_text(bytes);
    };
    options.standard_error = [this](std::span<const std::uint8_t> bytes) { errors_ += base::as_text(bytes); };
    options.standard_input = [this](std::span<std::uint8_t> room) {
      const auto count = std::min(room.size(), input_.size());
      std::memcpy(room.data(), input_.data(), count);
      input_.erase(0, count);
      return count;
    };
    return options;
  }

  void SetUp() override { instantiate(options()); }

  void instantiate(WasiOptions options) { guest_.emplace(std::move(options)); }

  auto call_raw(const std::string& name, std::vector<std::uint64_t> arguments) {
    return guest_->call_raw(name, std::move(arguments));
  }
  u32 call(const std::string& name, std::vector<std::uint64_t> arguments) {
    return guest_->call(name, std::move(arguments));
  }
  std::span<std::uint8_t> memory() { return guest_->memory(); }
  template <typename T>
  T load(u32 address) {
    return guest_->load<T>(address);
  }
  void store(u32 address, const std::vector<u32>& words) { guest_->store(address, words); }
  void store(u32 address, std::string_view text) { guest_->store(address, text); }

  std::optional<tests::WasiGuest> guest_;
  std::string output_, errors_, input_;
};

TEST_F(WasiTest, HasAllFunctions) { EXPECT_EQ(std::size(tests::kWasiFunctions), 46u); }

TEST_F(WasiTest, UnstableHasTheSameTable) {
  const tests::Guest old(tests::wasi_guest_text("wasi_unstable"), {.optimization_level = 0});
  Imports imports;
  ASSERT_TRUE(add_wasi(imports, {}));
  Store store;
  const auto instance = store.instantiate(old.module(), imports);
  EXPECT_TRUE(instance) << to_string(instance.error());
}

TEST_F(WasiTest, WriteGathersItsVectors) {
  store(100, "hello, world");
  store(200, {100, 5, 105, 7});
  EXPECT_EQ(call("fd_write", {1, 200, 2, 300}), kSuccess);
  EXPECT_EQ(output_, "hello, world");
  EXPECT_EQ(load<u32>(300), 12u);
  EXPECT_EQ(call("fd_write", {2, 200, 1, 300}), kSuccess);
  EXPECT_EQ(errors_, "hello");
}

TEST_F(WasiTest, WriteToAClosedOrUnknownDescriptorFails) {
  EXPECT_EQ(call("fd_close", {1}), kSuccess);
  EXPECT_EQ(call("fd_write", {1, 0, 0, 0}), kBadDescriptor);
  EXPECT_EQ(call("fd_close", {1}), kBadDescriptor);
  EXPECT_EQ(call("fd_write", {0, 0, 0, 0}), kBadDescriptor);
  EXPECT_EQ(call("fd_write", {3, 0, 0, 0}), kBadDescriptor);
  EXPECT_EQ(call("fd_write", {0xFFFFFFFF, 0, 0, 0}), kBadDescriptor);
  EXPECT_EQ(call("fd_write", {2, 0, 0, 0}), kSuccess);
}

TEST_F(WasiTest, ABadVectorWritesNothing) {
  store(100, "hello");
  store(200, {100, 5, kMemorySize - 1, 2});
  EXPECT_EQ(call("fd_write", {1, 200, 2, 300}), kFault);
  EXPECT_EQ(output_, "");
}

TEST_F(WasiTest, VectorListsAreBounded) {
  EXPECT_EQ(call("fd_write", {1, 0, 1024, 65536}), kSuccess);
  EXPECT_EQ(call("fd_write", {1, 0, 1025, 65536}), kInvalid);
  EXPECT_EQ(call("fd_write", {1, 0, 0xFFFFFFFF, 65536}), kInvalid);
  EXPECT_EQ(call("fd_read", {0, 0, 0xFFFFFFFF, 65536}), kInvalid);
}

TEST_F(WasiTest, ASumOfSizesBeyond32BitsIsInvalid) {
  std::vector<u32> vectors;
  for (int i = 0; i < 1024; ++i) vectors.insert(vectors.end(), {0, kMemorySize});
  store(0, vectors);
  EXPECT_EQ(call("fd_write", {1, 0, 1024, 65536}), kInvalid);
  EXPECT_EQ(output_.size(), 0u);
}

TEST_F(WasiTest, ReadScattersAndStopsAtTheEnd) {
  input_ = "abcdef";
  store(200, {100, 4, 110, 4});
  EXPECT_EQ(call("fd_read", {0, 200, 2, 300}), kSuccess);
  EXPECT_EQ(load<u32>(300), 6u);
  EXPECT_EQ(base::as_text(memory().subspan(100, 4)), "abcd");
  EXPECT_EQ(base::as_text(memory().subspan(110, 2)), "ef");
  EXPECT_EQ(call("fd_read", {0, 200, 2, 300}), kSuccess);
  EXPECT_EQ(load<u32>(300), 0u);
  EXPECT_EQ(call("fd_read", {1, 200, 2, 300}), kBadDescriptor);
}

// What is read into the first buffer turns the second vector into one outside the memory. But
// what counts is what was checked.
TEST_F(WasiTest, ReadTakesItsVectorsOnce) {
  input_ = std::string(8, '\xFF') + "tail";
  store(200, {208, 8, 100, 4});
  EXPECT_EQ(call("fd_read", {0, 200, 2, 300}), kSuccess);
  EXPECT_EQ(base::as_text(memory().subspan(100, 4)), "tail");
}

struct Edge {
  const char* function;
  std::vector<std::uint64_t> arguments;  // good ones
  std::size_t pointer;                   // which of them is the pointer
  u32 size;                              // bytes it stands for
};

// A vector list and its buffers lie at 4096.
const std::vector<Edge> kEdges = {
    {"fd_write", {1, 4096, 1, 8192}, 1, 8},    {"fd_write", {1, 4096, 1, 8192}, 3, 4},
    {"fd_read", {0, 4096, 1, 8192}, 1, 8},     {"fd_read", {0, 4096, 1, 8192}, 3, 4},
    {"fd_fdstat_get", {1, 8192}, 1, 24},       {"clock_time_get", {0, 1, 8192}, 2, 8},
    {"clock_time_get", {1, 1, 8192}, 2, 8},    {"clock_res_get", {0, 8192}, 1, 8},
    {"args_sizes_get", {8192, 8196}, 0, 4},    {"args_sizes_get", {8192, 8196}, 1, 4},
    {"args_get", {8192, 8300}, 0, 8},          {"args_get", {8192, 8300}, 1, 15},
    {"environ_sizes_get", {8192, 8196}, 0, 4}, {"environ_sizes_get", {8192, 8196}, 1, 4},
    {"environ_get", {8192, 8300}, 0, 8},       {"environ_get", {8192, 8300}, 1, 11},
    {"random_get", {8192, 16}, 0, 16}};

TEST_F(WasiTest, EveryPointerIsCheckedAtTheEdges) {
  for (const auto& edge : kEdges) {
    const auto at = [&](std::uint64_t address) {
      store(4096, {4200, 8});
      auto arguments = edge.arguments;
      arguments[edge.pointer] = address;
      return call(edge.function, arguments);
    };
    SCOPED_TRACE(std::string(edge.function) + ", argument " + std::to_string(edge.pointer));
    std::ranges::fill(memory().first(64), 0);
    std::ranges::fill(memory().last(64), 0);
    EXPECT_EQ(at(0), kSuccess);
    std::ranges::fill(memory().last(64), 0);
    EXPECT_EQ(at(kMemorySize - edge.size), kSuccess);
    for (const std::uint64_t bad : {kMemorySize - edge.size + 1, kMemorySize - 1, kMemorySize, 0x7FFFFFFFu,
                                    0x80000000u, 0xFFFFFFF8u, 0xFFFFFFFFu}) {
      EXPECT_EQ(at(bad), kFault) << bad;
    }
  }
}

TEST_F(WasiTest, BufferSizesAreCheckedAtTheEdges) {
  for (const char* function : {"fd_write", "fd_read"}) {
    const std::uint64_t descriptor = function == std::string("fd_write") ? 1 : 0;
    for (const auto& [address, size] : std::vector<std::pair<u32, u32>>{{0, 0xFFFFFFFF},
                                                                        {0xFFFFFFFF, 0xFFFFFFFF},
                                                                        {0xFFFFFFFF, 1},
                                                                        {kMemorySize, 1},
                                                                        {kMemorySize - 1, 2},
                                                                        {1, kMemorySize}}) {
      store(4096, {address, size});
      EXPECT_EQ(call(function, {descriptor, 4096, 1, 8192}), kFault)
          << function << ' ' << address << ' ' << size;
    }
    store(4096, {kMemorySize, 0});
    EXPECT_EQ(call(function, {descriptor, 4096, 1, 8192}), kSuccess);
  }
  EXPECT_EQ(call("random_get", {1, kMemorySize}), kFault);
  EXPECT_EQ(call("random_get", {8192, 0xFFFFFFFF}), kFault);
}

TEST_F(WasiTest, NoArgumentHarmsTheHost) {
  for (const auto& function : tests::kWasiFunctions) {
    if (function.ends_the_call()) continue;
    const std::string name(function.name);
    for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{kMemorySize - 1},
                                      std::uint64_t{kMemorySize}, ~std::uint64_t{0}}) {
      std::vector<std::uint64_t> arguments(function.parameters.size(), value);
      EXPECT_TRUE(call_raw(name, arguments)) << name << ' ' << value;
    }
    instantiate(options());
  }
}

TEST_F(WasiTest, ArgumentsAndEnvironment) {
  EXPECT_EQ(call("args_sizes_get", {0, 4}), kSuccess);
  EXPECT_EQ(load<u32>(0), 2u);
  EXPECT_EQ(load<u32>(4), 15u);
  EXPECT_EQ(call("args_get", {100, 200}), kSuccess);
  EXPECT_STREQ(reinterpret_cast<const char*>(memory().data() + load<u32>(104)), "two words");
  EXPECT_EQ(call("environ_sizes_get", {0, 4}), kSuccess);
  EXPECT_EQ(load<u32>(0), 2u);
  EXPECT_EQ(load<u32>(4), 11u);
  EXPECT_EQ(call("environ_get", {100, 200}), kSuccess);
  EXPECT_STREQ(reinterpret_cast<const char*>(memory().data() + load<u32>(100)), "K=V");
  EXPECT_STREQ(reinterpret_cast<const char*>(memory().data() + load<u32>(104)), "EMPTY=");
}

TEST_F(WasiTest, ClocksRun) {
  for (u32 clock = 0; clock < 4; ++clock) {
    EXPECT_EQ(call("clock_time_get", {clock, 0, 8}), kSuccess);
    const auto first = load<std::uint64_t>(8);
    EXPECT_EQ(call("clock_time_get", {clock, 0, 8}), kSuccess);
    EXPECT_LE(first, load<std::uint64_t>(8));
    EXPECT_EQ(call("clock_res_get", {clock, 8}), kSuccess);
    EXPECT_GT(load<std::uint64_t>(8), 0u);
  }
  EXPECT_EQ(call("clock_time_get", {4, 0, 8}), kInvalid);
  EXPECT_EQ(call("clock_res_get", {0xFFFFFFFF, 8}), kInvalid);
}

TEST_F(WasiTest, ClocksAndRandomBytesCanBeGiven) {
  WasiOptions fixed;
  fixed.realtime_clock_ns = [] { return std::uint64_t{1'000'000'007}; };
  fixed.monotonic_clock_ns = [] { return std::uint64_t{42}; };
  fixed.random = [](std::span<std::uint8_t> room) { std::ranges::fill(room, 0xAB); };
  instantiate(std::move(fixed));
  EXPECT_EQ(call("clock_time_get", {0, 0, 8}), kSuccess);
  EXPECT_EQ(load<std::uint64_t>(8), 1'000'000'007u);
  EXPECT_EQ(call("clock_time_get", {1, 0, 8}), kSuccess);
  EXPECT_EQ(load<std::uint64_t>(8), 42u);
  EXPECT_EQ(call("random_get", {8, 4}), kSuccess);
  EXPECT_EQ(load<u32>(8), 0xABABABABu);
}

TEST_F(WasiTest, StreamsAreTerminalsToLibc) {
  EXPECT_EQ(call("fd_fdstat_get", {1, 64}), kSuccess);
  EXPECT_EQ(load<std::uint8_t>(64), 2u);
  EXPECT_EQ(load<std::uint64_t>(72) & (1u << 1 | 1u << 2 | 1u << 5 | 1u << 6), 1u << 6);  // to write alone
  EXPECT_EQ(call("fd_fdstat_set_flags", {1, 1}), kSuccess);
  EXPECT_EQ(call("fd_fdstat_set_flags", {1, 0x100}), kInvalid);
  EXPECT_EQ(call("fd_seek", {1, 0, 0, 64}), kNotSeekable);
  EXPECT_EQ(call("fd_tell", {5, 64}), kBadDescriptor);
}

TEST_F(WasiTest, ThereAreNoFilesByThemselves) {
  EXPECT_EQ(call("fd_prestat_get", {3, 64}), kBadDescriptor);
  EXPECT_EQ(call("path_open", {3, 0, 0, 1, 0, 0, 0, 0, 64}), kBadDescriptor);
  EXPECT_EQ(call("sock_shutdown", {1, 0}), kNotSocket);
  EXPECT_EQ(call("sched_yield", {}), kSuccess);
}

TEST_F(WasiTest, ASignalEndsTheCallOrDoesNothing) {
  EXPECT_EQ(call("proc_raise", {0}), kSuccess);
  EXPECT_EQ(call("proc_raise", {16}), kSuccess);       // chld
  EXPECT_EQ(call("proc_raise", {19}), kNotSupported);  // tstp
  EXPECT_EQ(call("proc_raise", {31}), kInvalid);
  const auto outcome = call_raw("proc_raise", {6});  // abrt
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::exit);
  EXPECT_EQ(outcome.error().exit_status, 134);
}

TEST_F(WasiTest, ExitEndsTheCallWithItsStatus) {
  const auto outcome = call_raw("proc_exit", {7});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::exit);
  EXPECT_EQ(outcome.error().exit_status, 7);
}

}  // namespace
}  // namespace tenon::wasi
