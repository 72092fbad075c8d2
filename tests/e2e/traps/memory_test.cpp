// Out-of-bounds accesses of linear memory: every operator that loads or
// stores, around the end of a memory of one page and far beyond.
#include "traps/trap_case.hpp"

namespace tenon::e2e {
namespace {

constexpr std::uint32_t kEnd = kPageSize;

struct Access {
  std::string op;
  std::uint32_t width;  // bytes
  std::string type;     // of what is loaded or stored
};

const std::vector<Access>& accesses() {
  static const std::vector<Access> all{
      {"i32.load8_s", 1, "i32"},  {"i32.load8_u", 1, "i32"},  {"i32.load16_s", 2, "i32"},
      {"i32.load16_u", 2, "i32"}, {"i32.load", 4, "i32"},     {"i64.load8_s", 1, "i64"},
      {"i64.load8_u", 1, "i64"},  {"i64.load16_s", 2, "i64"}, {"i64.load16_u", 2, "i64"},
      {"i64.load32_s", 4, "i64"}, {"i64.load32_u", 4, "i64"}, {"i64.load", 8, "i64"},
      {"f32.load", 4, "f32"},     {"f64.load", 8, "f64"},     {"i32.store8", 1, "i32"},
      {"i32.store16", 2, "i32"},  {"i32.store", 4, "i32"},    {"i64.store8", 1, "i64"},
      {"i64.store16", 2, "i64"},  {"i64.store32", 4, "i64"},  {"i64.store", 8, "i64"},
      {"f32.store", 4, "f32"},    {"f64.store", 8, "f64"}};
  return all;
}

bool is_store(const Access& access) { return access.op.find("store") != std::string::npos; }

std::string function(const Access& access, std::uint32_t offset) {
  const std::string name = access.op + "+" + std::to_string(offset);
  const std::string op = access.op + " offset=" + std::to_string(offset);
  const std::string head = "(func (export \"" + name + "\") (param i32) ";
  if (!is_store(access)) return head + "(result " + access.type + ") (" + op + " (local.get 0)))\n";
  return head + "(" + op + " (local.get 0) (" + access.type + ".const 1)))\n";
}

constexpr std::uint32_t kOffsets[] = {0, 65535, 65536, 0x7FFFFFFF, 0xFFFFFFFF};

std::string access_module() {
  std::string text = "(module (memory 1) " + std::string(kOk);
  for (const auto& access : accesses()) {
    for (const auto offset : kOffsets) text += function(access, offset);
  }
  return text + ")";
}

constexpr char kBulkModule[] = R"((module
  (memory 1)
  (data $abc "abc")
  (func (export "ok") (result i32) (i32.const 42))
  (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i32 i32 i32) (memory.init $abc (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init dropped") (param i32 i32 i32)
    (data.drop $abc)
    (memory.init $abc (local.get 0) (local.get 1) (local.get 2)))))";

std::vector<Value> numbers(std::initializer_list<std::uint32_t> values) {
  std::vector<Value> out;
  for (const auto value : values) out.push_back(Value::from_i32(static_cast<std::int32_t>(value)));
  return out;
}

class MemoryTraps : public testing::TestWithParam<Mode> {};

void expect_in_bounds(const Module& module, const std::string& name, std::uint32_t address) {
  Store store;
  const auto instance = store.instantiate(module);
  ASSERT_TRUE(instance) << to_string(instance.error());
  const auto result = instance->function(name)->call(numbers({address}));
  EXPECT_TRUE(result) << name << " at " << address << ": " << to_string(result.error());
}

TEST_P(MemoryTraps, EveryAccessAroundTheEndOfAPage) {
  const tests::Guest guest(access_module(), GetParam().options());
  for (const auto& access : accesses()) {
    const std::string name = access.op + "+0";
    expect_in_bounds(guest.module(), name, 0);
    expect_in_bounds(guest.module(), name, kEnd - access.width);
    for (const auto address : {kEnd - access.width + 1, kEnd, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu}) {
      SCOPED_TRACE("address " + std::to_string(address));
      expect_trap_every_time(guest.module(),
                             {name, numbers({address}), TrapCode::out_of_bounds_memory_access}, 20);
    }
  }
}

// Address and offset are added in more than 32 bits: nothing wraps around.
TEST_P(MemoryTraps, OffsetsAreNotWrappedAround) {
  const tests::Guest guest(access_module(), GetParam().options());
  for (const auto& access : accesses()) {
    for (const auto offset : kOffsets) {
      if (offset < kEnd) continue;
      for (const auto address : {0u, 1u, 0u - offset, 0xFFFFFFFFu}) {
        SCOPED_TRACE("address " + std::to_string(address));
        const std::string name = access.op + "+" + std::to_string(offset);
        expect_trap_every_time(guest.module(),
                               {name, numbers({address}), TrapCode::out_of_bounds_memory_access}, 5);
      }
    }
  }
}

TEST_P(MemoryTraps, LastByteThroughTheOffset) {
  const tests::Guest guest(access_module(), GetParam().options());
  expect_in_bounds(guest.module(), "i32.load8_u+65535", 0);
  expect_trap_every_time(guest.module(),
                         {"i32.load8_u+65535", numbers({1}), TrapCode::out_of_bounds_memory_access});
}

TEST_P(MemoryTraps, BulkOperators) {
  const tests::Guest guest(kBulkModule, GetParam().options());
  const auto expect = [&](const char* name, std::initializer_list<std::uint32_t> arguments) {
    expect_trap_every_time(guest.module(), {name, numbers(arguments), TrapCode::out_of_bounds_memory_access});
  };
  for (const char* name : {"fill", "copy"}) {
    expect(name, {kEnd, 0, 1});
    expect(name, {kEnd + 1, 0, 0});
    expect(name, {0, 0, kEnd + 1});
    expect(name, {0xFFFFFFFF, 0, 0xFFFFFFFF});
  }
  expect("copy", {0, kEnd, 1});
  expect("copy", {0, 0xFFFFFFFF, 1});
  expect("init", {kEnd - 2, 0, 3});
  expect("init", {0, 1, 3});
  expect("init", {0, 0xFFFFFFFF, 1});
  expect("init dropped", {0, 0, 1});
}

// An operator that traps has written nothing, not even what lay in bounds.
TEST_P(MemoryTraps, BulkOperatorsWriteAllOrNothing) {
  const tests::Guest guest(R"((module (memory (export "memory") 1)
    (func (export "fill") (memory.fill (i32.const 65530) (i32.const 7) (i32.const 10)))))",
                           GetParam().options());
  Store store(StoreOptions{.poison_after_trap = false});
  const auto instance = store.instantiate(guest.module());
  ASSERT_TRUE(instance) << to_string(instance.error());
  expect_trap(instance->function("fill")->call({}), TrapCode::out_of_bounds_memory_access);
  EXPECT_EQ(instance->memory()->data()[65530], 0);
  EXPECT_EQ(instance->memory()->data()[65535], 0);
}

INSTANTIATE_TEST_SUITE_P(Modes, MemoryTraps, testing::ValuesIn(kModes), mode_name);

}  // namespace
}  // namespace tenon::e2e
