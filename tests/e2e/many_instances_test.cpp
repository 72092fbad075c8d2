// More instances in one process than it has room for memories of 8 GiB (16,382 on x86-64), or
// mappings (65,530 by the system's default). 20,000 by default; TENON_TEST_INSTANCES says
// how many (`make many-instances`: 100,000).
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>
#include <tenon/store.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

std::size_t count() {
  const char* const text = std::getenv("TENON_TEST_INSTANCES");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : 20'000;
}

std::size_t mappings() {
  std::ifstream maps("/proc/self/maps");
  return static_cast<std::size_t>(
      std::count(std::istreambuf_iterator<char>(maps), std::istreambuf_iterator<char>(), '\n'));
}

// Of the process, page tables included.
std::size_t resident_bytes() {
  std::ifstream status("/proc/self/status");
  std::size_t sum = 0;
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:") || line.starts_with("VmPTE:"))
      sum += std::strtoull(line.c_str() + line.find(':') + 1, nullptr, 10) * 1024;
  }
  return sum;
}

constexpr char kGuest[] = R"((module
  (memory (export "memory") 1)
  (data (i32.const 1024) "some data")
  (table 2 funcref)
  (elem (i32.const 0) $get)
  (func (export "set") (param i32) (i32.store (i32.const 2048) (local.get 0)))
  (func $get (export "get") (result i32) (i32.load (i32.const 2048)))
  (func (export "read") (param i32) (result i32) (i32.load (local.get 0)))))";

TEST(ManyInstances, FitIntoOneProcess) {
  const tests::Guest guest(kGuest, {.bounds = Bounds::explicit_checks});
  const std::size_t most = count();
  std::vector<Store> stores;
  std::vector<Instance> instances;
  stores.reserve(most);
  instances.reserve(most);
  const std::size_t mapped = mappings(), resident = resident_bytes();
  for (std::size_t i = 0; i < most; ++i) {
    auto& store = stores.emplace_back(StoreOptions{.memory_limit = 1 << 20, .poison_after_trap = false});
    auto instance = store.instantiate(guest.module());
    ASSERT_TRUE(instance) << i << ": " << to_string(instance.error());
    ASSERT_TRUE(instance->function<void(std::uint32_t)>("set").value()(static_cast<std::uint32_t>(i))) << i;
    instances.push_back(*instance);
  }
  const std::size_t each = (resident_bytes() - resident) / most;
  std::cout << most << " instances, " << each << " bytes each, " << mappings() - mapped << " mappings\n";
  // A page that is touched, page tables, and what a store and an instance take.
  EXPECT_LT(each, 24u * 1024);
  EXPECT_LT(mappings() - mapped, most / 10);
  for (std::size_t i = 0; i < most; ++i) {
    ASSERT_EQ(instances[i].function<std::uint32_t()>("get").value()().value(), i);
    if (i % 1000 == 0) {
      const auto read = instances[i].function<std::int32_t(std::uint32_t)>("read").value();
      EXPECT_EQ(read(1 << 20).error().trap, TrapCode::out_of_bounds_memory_access);
    }
  }
}

}  // namespace
}  // namespace tenon::e2e
