// Modules whose code checks each access by itself (--bounds=explicit). Their memories have
// no guards: behind one lies the next, and only those checks keep a guest out of it.
#include <array>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/store.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

using testing::HasSubstr;
using tests::Guest;

const compiler::CompileOptions kExplicit{.bounds = Bounds::explicit_checks};
constexpr std::uint32_t kPage = 65536;

// Each kind of access, at any address.
constexpr char kAccesses[] = R"((module
  (memory (export "memory") 1)
  (data (i32.const 4096) "the module's own")
  (data $passive "0123456789abcdef")
  (func (export "i32.load8") (param i32) (drop (i32.load8_u (local.get 0))))
  (func (export "i32.load16") (param i32) (drop (i32.load16_u (local.get 0))))
  (func (export "i32.load") (param i32) (drop (i32.load (local.get 0))))
  (func (export "i64.load") (param i32) (drop (i64.load (local.get 0))))
  (func (export "f64.load") (param i32) (drop (f64.load (local.get 0))))
  (func (export "v128.load") (param i32) (drop (v128.load (local.get 0))))
  (func (export "v128.load64_lane") (param i32)
    (drop (v128.load64_lane 0 (local.get 0) (v128.const i64x2 0 0))))
  (func (export "v128.load8x8") (param i32) (drop (v128.load8x8_u (local.get 0))))
  (func (export "i32.store8") (param i32) (i32.store8 (local.get 0) (i32.const 1)))
  (func (export "i32.store") (param i32) (i32.store (local.get 0) (i32.const 1)))
  (func (export "i64.store") (param i32) (i64.store (local.get 0) (i64.const 1)))
  (func (export "v128.store") (param i32) (v128.store (local.get 0) (v128.const i64x2 1 1)))
  (func (export "v128.store32_lane") (param i32)
    (v128.store32_lane 0 (local.get 0) (v128.const i64x2 1 1)))
  (func (export "offset") (param i32) (i32.store8 offset=4294967295 (local.get 0) (i32.const 1)))
  (func (export "atomic.load") (param i32) (drop (i32.atomic.load8_u (local.get 0))))
  (func (export "atomic.store") (param i32) (i32.atomic.store8 (local.get 0) (i32.const 1)))
  (func (export "atomic.add") (param i32) (drop (i32.atomic.rmw8.add_u (local.get 0) (i32.const 1))))
  (func (export "atomic.cmpxchg") (param i32)
    (drop (i32.atomic.rmw8.cmpxchg_u (local.get 0) (i32.const 0) (i32.const 1))))
  (func (export "notify") (param i32) (drop (memory.atomic.notify (i32.and (local.get 0) (i32.const -4)) (i32.const 1))))
  (func (export "fill") (param i32) (memory.fill (local.get 0) (i32.const 1) (i32.const 16)))
  (func (export "fill much") (param i32) (memory.fill (local.get 0) (i32.const 1) (i32.const 4096)))
  (func (export "copy") (param i32) (memory.copy (local.get 0) (i32.const 0) (i32.const 16)))
  (func (export "copy from") (param i32) (memory.copy (i32.const 0) (local.get 0) (i32.const 16)))
  (func (export "init") (param i32) (memory.init $passive (local.get 0) (i32.const 0) (i32.const 16)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "read") (param i32) (result i32) (i32.load8_u (local.get 0))))
)";

const Module& accesses() {
  static const Guest kGuest(kAccesses, kExplicit);
  return kGuest.module();
}

std::string message_of(const std::expected<Instance, Error>& result) {
  return result ? "" : result.error().message;
}

// Safety: the bytes behind a memory are accessible here, so that a check that is missing
// would be a successful access.
TEST(ExplicitBounds, EachKindOfAccessIsChecked) {
  Store store({.memory_limit = 1 << 20, .poison_after_trap = false});
  const auto instance = store.instantiate(accesses()).value();
  auto* const behind = instance.memory()->data().data() + kPage;
  std::size_t tried = 0;
  for (const auto& item : accesses().exports()) {
    if (kind_of(item.type) != ExternKind::function || item.name == "grow" || item.name == "read") continue;
    const auto call = instance.function<void(std::uint32_t)>(item.name).value();
    for (const std::uint32_t address : {kPage, kPage + 16, kPage * 2, 0xFFFF'FFF0u, 0xFFFF'FFFFu}) {
      const auto done = call(address);
      ASSERT_FALSE(done) << item.name << ' ' << address;
      EXPECT_EQ(done.error().trap, TrapCode::out_of_bounds_memory_access) << item.name << ' ' << address;
    }
    EXPECT_EQ(call(item.name == "offset" ? 1 : 128).has_value(), item.name != "offset") << item.name;
    ++tried;
  }
  EXPECT_GE(tried, 24u);
  for (std::size_t i = 0; i < kPage; ++i) ASSERT_EQ(behind[i], 0) << i;
}

// The last byte of an access counts, not only its first.
TEST(ExplicitBounds, AnAccessThatBeginsInsideAndEndsOutsideTraps) {
  Store store({.memory_limit = 1 << 20, .poison_after_trap = false});
  const auto instance = store.instantiate(accesses()).value();
  for (const auto& [name, bytes] : {std::pair("i32.load16", 2),
                                    {"i32.load", 4},
                                    {"i64.load", 8},
                                    {"v128.load", 16},
                                    {"v128.load64_lane", 8},
                                    {"i32.store", 4},
                                    {"i64.store", 8},
                                    {"v128.store", 16},
                                    {"v128.store32_lane", 4},
                                    {"fill", 16},
                                    {"copy", 16},
                                    {"copy from", 16},
                                    {"init", 16},
                                    {"fill much", 4096}}) {
    const auto call = instance.function<void(std::uint32_t)>(name).value();
    const std::uint32_t last = kPage - static_cast<std::uint32_t>(bytes);
    EXPECT_TRUE(call(last)) << name;
    EXPECT_FALSE(call(last + 1)) << name;
  }
}

TEST(ExplicitBounds, AMemoryGrowsAsZerosUpToTheLimit) {
  Store store({.memory_limit = 1 << 20});
  const auto instance = store.instantiate(accesses()).value();
  const auto grow = instance.function<std::int32_t(std::int32_t)>("grow").value();
  EXPECT_EQ(grow(16).value(), -1);
  EXPECT_EQ(grow(15).value(), 1);
  EXPECT_EQ(grow(1).value(), -1);
  const auto memory = instance.memory()->data();
  ASSERT_EQ(memory.size(), 16 * kPage);
  for (std::size_t i = kPage; i < memory.size(); i += 64) ASSERT_EQ(memory[i], 0) << i;
}

// In a place that another instance had before, with the image copied anew.
TEST(ExplicitBounds, WhatAnInstanceWroteIsGoneForTheNext) {
  const std::string_view own = "the module's own";
  const std::uint8_t* before = nullptr;
  for (int round = 0; round < 3; ++round) {
    Store store({.memory_limit = 1 << 20});
    const auto instance = store.instantiate(accesses()).value();
    EXPECT_EQ(instance.function<std::int32_t(std::int32_t)>("grow").value()(15).value(), 1);
    const auto memory = instance.memory()->data();
    if (round > 0) {
      ASSERT_EQ(memory.data(), before);  // else this tests nothing
    }
    before = memory.data();
    ASSERT_EQ(std::memcmp(memory.data() + 4096, own.data(), own.size()), 0);
    std::uint64_t others = 0;
    for (std::size_t i = 0; i < memory.size(); ++i) {
      if (i < 4096 || i >= 4096 + own.size()) others += memory[i];
    }
    ASSERT_EQ(others, 0u);
    std::memset(memory.data(), 0xEE, memory.size());
  }
}

// The place of a memory depends on the store's limit: none is given to a store of another.
TEST(ExplicitBounds, EachLimitHasItsOwnPlaces) {
  for (int round = 0; round < 2; ++round) {
    for (const std::uint64_t mib : {1, 64, 65, 1024, 4096, 8192, 2}) {
      Store store({.memory_limit = mib << 20, .poison_after_trap = false});
      const auto instance = store.instantiate(accesses()).value();
      const std::uint32_t pages = static_cast<std::uint32_t>(std::min<std::uint64_t>(mib * 16, 65536));
      EXPECT_EQ(instance.function<std::uint32_t(std::uint32_t)>("grow").value()(pages - 1).value(), 1u)
          << mib;
      const auto read = instance.function<std::int32_t(std::uint32_t)>("read").value();
      const std::uint64_t size = std::uint64_t{pages} * kPage;
      EXPECT_EQ(read(static_cast<std::uint32_t>(size - 1)).value(), 0) << mib;
      if (size <= UINT32_MAX) {
        EXPECT_FALSE(read(static_cast<std::uint32_t>(size))) << mib;
      }
      instance.memory()->data()[size - 1] = 1;
    }
  }
}

constexpr char kExporter[] = R"((module (memory (export "memory") 1 2)))";
constexpr char kImporter[] = R"((module
  (import "m" "memory" (memory 1))
  (func (export "read") (param i32) (result i32) (i32.load8_u (local.get 0)))))";

// Safety: code without checks would read and write what lies behind the memory.
TEST(ExplicitBounds, CodeWithoutChecksGetsNoMemoryWithoutGuards) {
  const Guest exporter(kExporter, kExplicit), unchecked(kImporter), checked(kImporter, kExplicit);
  Store store;
  const auto made = store.instantiate(exporter.module()).value();
  Imports imports;
  imports.define_instance("m", made);
  const auto refused = store.instantiate(unchecked.module(), imports);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().phase, Phase::link);
  EXPECT_EQ(refused.error().code, ErrorCode::incompatible_import);
  EXPECT_THAT(message_of(refused), HasSubstr("imported memory without guards: \"m\".\"memory\""));
  EXPECT_THAT(message_of(refused), HasSubstr("--bounds=explicit"));

  const auto user = store.instantiate(checked.module(), imports).value();
  const auto read = user.function<std::int32_t(std::uint32_t)>("read").value();
  EXPECT_EQ(read(kPage - 1).value(), 0);
  EXPECT_EQ(read(kPage).error().trap, TrapCode::out_of_bounds_memory_access);
}

// The handle of the memory leads to the same check as its instance.
TEST(ExplicitBounds, NorByWayOfTheHost) {
  const Guest exporter(kExporter, kExplicit), unchecked(kImporter);
  Store store;
  const Memory memory = store.instantiate(exporter.module()).value().memory().value();
  Imports imports;
  imports.define("m", "memory", memory);
  EXPECT_EQ(store.instantiate(unchecked.module(), imports).error().code, ErrorCode::incompatible_import);
}

TEST(ExplicitBounds, MemoriesOfTheHostAndOfOthersServeBoth) {
  const Guest exporter(kExporter), unchecked(kImporter), checked(kImporter, kExplicit);
  Store store({.poison_after_trap = false});
  const auto made = store.instantiate(exporter.module()).value();
  for (const Memory& memory : {store.create_memory({{1, 2}}).value(), made.memory().value()}) {
    Imports imports;
    imports.define("m", "memory", memory);
    for (const Module* module : {&unchecked.module(), &checked.module()}) {
      const auto user = store.instantiate(*module, imports).value();
      const auto read = user.function<std::int32_t(std::uint32_t)>("read").value();
      EXPECT_EQ(read(0).value(), 0);
      EXPECT_EQ(read(kPage).error().trap, TrapCode::out_of_bounds_memory_access);
    }
  }
}

// Modules of other stores may import a shared memory, and these may count on its guards.
TEST(ExplicitBounds, ASharedMemoryHasGuards) {
  const Guest exporter(R"((module (memory (export "memory") 1 2 shared)))", kExplicit);
  const Guest unchecked(R"((module
    (import "m" "memory" (memory 1 2 shared))
    (func (export "read") (param i32) (result i32) (i32.load8_u (local.get 0)))))");
  Store store, other;
  const auto made = store.instantiate(exporter.module()).value();
  Imports imports;
  imports.define("m", "memory", made.memory()->shared().value());
  const auto user = other.instantiate(unchecked.module(), imports).value();
  const auto read = user.function<std::int32_t(std::uint32_t)>("read").value();
  EXPECT_EQ(read(kPage - 1).value(), 0);
  EXPECT_EQ(read(kPage).error().trap, TrapCode::out_of_bounds_memory_access);
}

}  // namespace
}  // namespace tenon::e2e
