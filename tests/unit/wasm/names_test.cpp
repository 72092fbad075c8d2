// The name section: used where it is right, ignored where it is not.
#include <gtest/gtest.h>

#include "unit/wasm/module_bytes.hpp"

namespace tenon::wasm::testing {
namespace {

using Names = std::vector<std::pair<std::uint32_t, std::string>>;

Module read_with(const Bytes& contents) {
  const Bytes three = section(3, {3, 0, 0, 0}) + section(10, {3, 2, 0, 0x0B, 2, 0, 0x0B, 2, 0, 0x0B});
  auto module = read(kHeader + kNoType + three + custom("name", contents));
  EXPECT_TRUE(module) << module.error().message;
  return module ? *std::move(module) : Module{};
}

Bytes subsection(std::uint8_t id, const Bytes& contents) { return Bytes{id} + sized(contents); }

const Bytes kModuleName = subsection(0, name("plugin"));
const Bytes kFunctionNames = subsection(1, Bytes{2, 0} + name("init") + Bytes{2} + name("größe"));

TEST(Names, AreReadOfModuleAndFunctions) {
  const Module module = read_with(kModuleName + kFunctionNames);
  EXPECT_EQ(module.name, "plugin");
  EXPECT_EQ(module.function_names, (Names{{0, "init"}, {2, "größe"}}));
}

TEST(Names, MayComeBeforeTheFunctions) {
  const auto module = read(kHeader + custom("name", kFunctionNames) + kNoType + section(3, {3, 0, 0, 0}) +
                           section(10, {3, 2, 0, 0x0B, 2, 0, 0x0B, 2, 0, 0x0B}));
  ASSERT_TRUE(module);
  EXPECT_EQ(module->function_names.size(), 2u);
}

TEST(Names, OfOtherThingsAreSkipped) {
  const Bytes others = subsection(2, {0xFF, 0xFF}) + subsection(77, {});
  const Module module = read_with(kModuleName + others + kFunctionNames);
  EXPECT_EQ(module.function_names.size(), 2u);
}

TEST(Names, ThatAreNoTextAreLeftOut) {
  const Module module = read_with(subsection(1, {2, 0, 1, 0xFF, 1, 1, 'b'}));
  EXPECT_EQ(module.function_names, (Names{{1, "b"}}));
  EXPECT_EQ(read_with(subsection(0, {1, 0x80})).name, "");
}

TEST(Names, OfABrokenMapAreAllLeftOut) {
  const Bytes good = Bytes{0} + name("a");
  const auto names_of = [](const Bytes& map) { return read_with(subsection(1, map)).function_names; };
  EXPECT_EQ(names_of(Bytes{2} + good), Names{});                          // cut off
  EXPECT_EQ(names_of(Bytes{2} + good + good), Names{});                   // the same index twice
  EXPECT_EQ(names_of(Bytes{2, 1} + name("b") + good), Names{});           // descending
  EXPECT_EQ(names_of(Bytes{1, 3} + name("d")), Names{});                  // no such function
  EXPECT_EQ(names_of(leb(0xFFFFFFFF) + good), Names{});                   // a count that is a lie
  EXPECT_EQ(names_of({1, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0}), Names{});  // no number
}

TEST(Names, BeforeABreakStay) {
  const Module module = read_with(kModuleName + Bytes{1, 100, 1});
  EXPECT_EQ(module.name, "plugin");
  EXPECT_EQ(module.function_names, Names{});
  EXPECT_EQ(read_with({0}).name, "");
  EXPECT_EQ(read_with({}).name, "");
}

}  // namespace
}  // namespace tenon::wasm::testing
