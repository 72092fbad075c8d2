// The module frame and the sections.
#include <gtest/gtest.h>

#include "unit/wasm/module_bytes.hpp"

namespace tenon::wasm::testing {
namespace {

constexpr auto kMalformed = ErrorCode::malformed;
constexpr auto kInvalid = ErrorCode::invalid;
constexpr auto kUnsupported = ErrorCode::unsupported;

TEST(Frame, AcceptsTheEmptyModule) { expect_accepted(kHeader); }

TEST(Frame, RefusesOtherHeaders) {
  expect_refused_at(0, {}, kMalformed, "unexpected end");
  expect_refused_at(3, {0, 'a', 's'}, kMalformed, "unexpected end");
  expect_refused_at(0, {0x7F, 'E', 'L', 'F', 1, 0, 0, 0}, kMalformed, "magic header not detected");
  expect_refused_at(4, {0, 'a', 's', 'm', 2, 0, 0, 0}, kMalformed, "unknown binary version");
  expect_refused_at(4, {0, 'a', 's', 'm', 0x0D, 0, 1, 0}, kUnsupported, "component");
}

TEST(Frame, WantsSectionsInOrderAndOnce) {
  expect_refused_at(14, kHeader + kNoType + kNoType, kMalformed, "unexpected content after last section");
  expect_refused_at(11, kHeader + section(3, {0}) + kNoType, kMalformed, "the type section");
  expect_refused_at(8, kHeader + section(14, {}), kMalformed, "malformed section id 14");
  expect_refused_at(10, kHeader + section(13, {}), kUnsupported, "exceptions");
  // The data count section comes before the code section, its id after.
  const Bytes before = kHeader + kNoType + kOneFunction;
  expect_accepted(before + section(12, {0}) + kEmptyBody);
  expect_refused(before + kEmptyBody + section(12, {0}), kMalformed, "unexpected content after last section");
}

TEST(Frame, WantsContentsToFillTheSection) {
  expect_refused_at(9, kHeader + Bytes{1, 5, 0}, kMalformed, "length out of bounds");
  expect_refused_at(11, kHeader + section(1, {0, 0}), kMalformed, "section size mismatch");
  expect_refused_at(10, kHeader + section(1, {1}) + Bytes{0x60, 0, 0}, kMalformed, "unexpected end");
  expect_refused_at(9, kHeader + Bytes{1, 0x80, 0x80, 0x80, 0x80, 0x80, 0}, kMalformed,
                    "integer representation too long");
  expect_refused_at(9, kHeader + Bytes{1, 0x80, 0x80, 0x80, 0x80, 0x10}, kMalformed, "integer too large");
}

TEST(Frame, SaysWhereInTheModuleAnErrorIs) {
  const auto module = read(kHeader + kNoType + kOneFunction + code({0x1A}));
  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().message,
            "type mismatch: drop expects a value, found none, in the code section, function 0, at byte 23");
  EXPECT_EQ(module.error().byte_offset, 23u);
}

TEST(Frame, AllowsCustomSectionsAnywhere) {
  const Bytes extra = custom("anything", {1, 2, 3});
  expect_accepted(kHeader + extra + kNoType + extra + kOneFunction + extra + extra + kEmptyBody + extra);
  expect_refused_at(12, kHeader + section(0, {4, 'a', 0xFF, 'b', 'c'}), kMalformed, "malformed UTF-8");
  expect_refused_at(10, kHeader + section(0, {2, 'a'}), kMalformed, "length out of bounds");
  expect_refused_at(10, kHeader + section(0, {}), kMalformed, "unexpected end");
}

TEST(Frame, WantsAsManyBodiesAsFunctions) {
  expect_refused(kHeader + kNoType + kOneFunction, kMalformed,
                 "function and code section have inconsistent lengths");
  expect_refused(kHeader + kNoType + kEmptyBody, kMalformed,
                 "function and code section have inconsistent lengths");
  expect_accepted(kHeader + section(3, {0}) + section(10, {0}));
}

TEST(Frame, WantsAsManyDataSegmentsAsAnnounced) {
  expect_accepted(kHeader + section(12, {1}) + section(11, {1, 1, 0}));
  expect_refused(kHeader + section(12, {2}) + section(11, {1, 1, 0}), kMalformed,
                 "data count and data section have inconsistent lengths");
  expect_refused(kHeader + section(12, {1}), kMalformed,
                 "data count and data section have inconsistent lengths");
}

TEST(Types, AreFunctionTypes) {
  const auto module = read(kHeader + section(1, {1, 0x60, 2, 0x7F, 0x7B, 2, 0x70, 0x6F}));
  ASSERT_TRUE(module);
  EXPECT_EQ(to_string(module->types[0]), "(i32, v128) -> (funcref, externref)");
  expect_refused_at(11, kHeader + section(1, {1, 0x61, 0, 0}), kMalformed, "malformed type form");
  expect_refused_at(11, kHeader + section(1, {1, 0x5F, 0, 0}), kUnsupported, "gc");
  expect_refused_at(13, kHeader + section(1, {1, 0x60, 1, 0x01, 0}), kMalformed, "malformed value type 0x01");
  expect_refused_at(13, kHeader + section(1, {1, 0x60, 1, 0x69, 0}), kUnsupported, "exceptions");
  expect_refused_at(13, kHeader + section(1, {1, 0x60, 1, 0x7B, 0}), kUnsupported, "simd",
                    webassembly2_features().disable(Feature::simd));
}

TEST(Imports, AreNumberedByKind) {
  const Bytes ab = name("a") + name("b");
  const Bytes imports = Bytes{5} + ab + Bytes{0, 0} + ab + Bytes{3, 0x7F, 1} + ab + Bytes{1, 0x70, 1, 2, 9} +
                        ab + Bytes{2, 0, 1} + ab + Bytes{3, 0x7E, 0};
  const auto module = read(kHeader + kNoType + section(2, imports));
  ASSERT_TRUE(module) << module.error().message;
  ASSERT_EQ(module->imports.size(), 5u);
  EXPECT_EQ(module->imports[4].index, 1u);
  EXPECT_EQ(module->imported_globals, 2u);
  EXPECT_EQ(to_string(module->extern_type(ExternKind::function, 0)), "function () -> ()");
  EXPECT_EQ(to_string(module->extern_type(ExternKind::table, 0)), "table funcref 2..9");
  EXPECT_EQ(to_string(module->extern_type(ExternKind::memory, 0)), "memory 1..");
  EXPECT_EQ(to_string(module->extern_type(ExternKind::global, 0)), "global mut i32");
  EXPECT_EQ(to_string(module->extern_type(ExternKind::global, 1)), "global i64");
}

TEST(Imports, RefuseWhatIsNoImport) {
  const Bytes ab = name("a") + name("b");
  expect_refused_at(15, kHeader + section(2, Bytes{1} + ab + Bytes{5, 0}), kMalformed,
                    "malformed import kind");
  expect_refused(kHeader + section(2, Bytes{1} + ab + Bytes{4, 0, 0}), kUnsupported, "exceptions");
  expect_refused_at(16, kHeader + section(2, Bytes{1} + ab + Bytes{0, 0}), kInvalid, "unknown type 0");
  expect_refused_at(17, kHeader + section(2, Bytes{1} + ab + Bytes{3, 0x7F, 2}), kMalformed,
                    "malformed mutability");
  expect_refused_at(12, kHeader + section(2, {1, 1, 0xC0, 1, 'b', 0, 0}), kMalformed, "malformed UTF-8");
}

TEST(Tables, HaveLimits) {
  expect_accepted(kHeader + section(4, {2, 0x70, 0, 0, 0x6F, 1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}));
  expect_refused_at(11, kHeader + section(4, {1, 0x7F, 0, 0}), kMalformed, "malformed reference type");
  expect_refused_at(12, kHeader + section(4, {1, 0x70, 8, 0}), kMalformed, "malformed limits flags");
  expect_refused_at(12, kHeader + section(4, {1, 0x70, 4, 0}), kUnsupported, "memory64");
  expect_refused_at(13, kHeader + section(4, {1, 0x70, 1, 2, 1}), kInvalid,
                    "size minimum must not be greater than maximum");
}

TEST(Memories, HaveLimits) {
  expect_accepted(kHeader + section(5, Bytes{1, 1} + leb(65536) + leb(65536)));
  expect_refused(kHeader + section(5, Bytes{1, 0} + leb(65537)), kInvalid, "memory size must be at most");
  expect_refused(kHeader + section(5, Bytes{1, 1, 0} + leb(65537)), kInvalid, "memory size must be at most");
  expect_refused(kHeader + section(5, {1, 3, 0, 1}), kUnsupported, "threads", webassembly2_features());
  expect_refused(kHeader + section(5, {2, 0, 0, 0, 0}), kInvalid, "multiple memories");
  expect_accepted(kHeader + section(5, {2, 0, 0, 0, 0}),
                  webassembly2_features().enable(Feature::multi_memory));
}

TEST(Globals, HaveConstantExpressions) {
  const auto global = [](const Bytes& type, const Bytes& expression) {
    return kHeader + section(6, Bytes{1} + type + expression + Bytes{0x0B});
  };
  const auto module = read(global({0x7F, 1}, {0x41, 0x7F}));
  ASSERT_TRUE(module);
  EXPECT_EQ(module->globals[0].initial[0].kind, ConstantOperator::Kind::i32_const);
  EXPECT_EQ(module->globals[0].initial[0].value[0], 0xFFFFFFFFu);
  expect_refused(global({0x7F, 0}, {0x42, 0x00}), kInvalid, "type mismatch");
  expect_refused(global({0x7F, 0}, {}), kInvalid, "type mismatch");
  expect_refused(global({0x7F, 0}, {0x41, 0, 0x41, 0}), kInvalid, "type mismatch");
  expect_refused_at(13, global({0x7F, 0}, {0x01, 0x41, 0}), kInvalid, "constant expression required");
  expect_refused(global({0x70, 0}, {0xD0, 0x6F}), kInvalid, "type mismatch");
  expect_refused(global({0x70, 0}, {0xD2, 0}), kInvalid, "unknown function 0");
  expect_refused(global({0x7F, 0}, {0x23, 0}), kInvalid, "unknown global 0");
}

TEST(Globals, MayStartFromImportedConstants) {
  const Bytes ab = name("a") + name("b");
  const Bytes imported = section(2, Bytes{2} + ab + Bytes{3, 0x7F, 0} + ab + Bytes{3, 0x7F, 1});
  const auto module = read(kHeader + imported + section(6, {1, 0x7F, 0, 0x23, 0, 0x0B}));
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_TRUE(module->globals[0].initial.empty());
  EXPECT_EQ(module->globals[2].initial[0].kind, ConstantOperator::Kind::global_get);
  expect_refused(kHeader + imported + section(6, {1, 0x7F, 0, 0x23, 1, 0x0B}), kInvalid,
                 "constant expression required");
  const Bytes own = section(6, {2, 0x7F, 0, 0x41, 0, 0x0B, 0x7F, 0, 0x23, 2, 0x0B});
  expect_refused(kHeader + imported + own, kInvalid, "unknown global 2");
}

// Refused once, though part of WebAssembly since 3.0.
TEST(ConstantExpressions, MayNameEarlierGlobalsOfTheModule) {
  const FeatureSet features = webassembly2_features().enable(Feature::extended_const);
  const auto globals = [](const Bytes& second) {
    return kHeader + section(6, Bytes{2, 0x7F, 0, 0x41, 3, 0x0B} + second);
  };
  const Bytes earlier = globals({0x7F, 0, 0x23, 0, 0x0B});
  const auto module = read(earlier, features);
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_EQ(module->globals[1].initial[0].kind, ConstantOperator::Kind::global_get);
  expect_refused(earlier, kInvalid, "unknown global 0");
  expect_refused(globals({0x7F, 0, 0x23, 1, 0x0B}), kInvalid, "unknown global 1", features);
  expect_refused(globals({0x7F, 0, 0x23, 2, 0x0B}), kInvalid, "unknown global 2", features);
  expect_refused(globals({0x7E, 0, 0x23, 0, 0x0B}), kInvalid, "type mismatch", features);
  // The second starts from the first, which may change.
  const Bytes of_mutable = section(6, {2, 0x7F, 1, 0x41, 3, 0x0B, 0x7F, 0, 0x23, 0, 0x0B});
  expect_refused(kHeader + of_mutable, kInvalid, "constant expression required", features);
}

TEST(Globals, MayCalculateWithExtendedConst) {
  const Bytes bytes = kHeader + section(6, {1, 0x7F, 0, 0x41, 6, 0x41, 7, 0x6C, 0x0B});
  expect_refused(bytes, kInvalid, "constant expression required");
  expect_accepted(bytes, webassembly2_features().enable(Feature::extended_const));
  expect_refused(kHeader + section(6, {1, 0x7F, 0, 0x41, 6, 0x6C, 0x0B}), kInvalid, "type mismatch",
                 webassembly2_features().enable(Feature::extended_const));
}

TEST(Exports, HaveNamesOfTheirOwn) {
  const Bytes before = kHeader + section(5, {1, 0, 0});
  expect_accepted(before + section(7, Bytes{2} + name("") + Bytes{2, 0} + name("m") + Bytes{2, 0}));
  expect_refused_at(20, before + section(7, Bytes{2} + name("m") + Bytes{2, 0} + name("m") + Bytes{2, 0}),
                    kInvalid, "duplicate export name");
  expect_refused(before + section(7, Bytes{1} + name("m") + Bytes{2, 1}), kInvalid, "unknown memory 1");
  expect_refused(before + section(7, Bytes{1} + name("m") + Bytes{0, 0}), kInvalid, "unknown function 0");
  expect_refused(before + section(7, Bytes{1} + name("m") + Bytes{9, 0}), kMalformed,
                 "malformed export kind");
}

TEST(Start, IsAFunctionOfNothing) {
  const auto with_start = [](const Bytes& types, std::uint8_t function) {
    return kHeader + types + kOneFunction + section(8, {function}) + kEmptyBody;
  };
  const auto module = read(with_start(kNoType, 0));
  ASSERT_TRUE(module);
  EXPECT_EQ(module->start, 0u);
  expect_refused(with_start(kNoType, 1), kInvalid, "unknown function 1");
  expect_refused(with_start(section(1, {1, 0x60, 1, 0x7F, 0}), 0), kInvalid, "start function");
}

TEST(Bodies, KnowWhereTheirOperatorsAre) {
  const Bytes body = {2, 1, 0x7F, 2, 0x7C, 0x01, 0x0B};
  const Bytes bytes = kHeader + kNoType + kOneFunction + section(10, Bytes{1} + sized(body));
  const auto module = read(bytes);
  ASSERT_TRUE(module) << module.error().message;
  const FunctionBody& read_body = module->bodies[0];
  EXPECT_EQ(read_body.offset, bytes.size() - 2);
  ASSERT_EQ(read_body.code.size(), 2u);
  EXPECT_EQ(read_body.code[0], 0x01);
  ASSERT_EQ(read_body.locals.size(), 2u);
  EXPECT_EQ(read_body.locals[1].count, 2u);
  EXPECT_EQ(read_body.locals[1].type, ValueType::f64);
}

TEST(Bodies, EndWhereTheySay) {
  const Bytes before = kHeader + kNoType + kOneFunction;
  expect_refused_at(24, before + code({0x0B}), kMalformed, "END opcode expected");
  expect_refused(before + section(10, {1, 2, 0, 0x01}), kMalformed, "unexpected end");
  expect_refused(before + section(10, {1, 0}), kMalformed, "unexpected end");
  expect_refused(before + section(10, {1, 9, 0, 0x0B}), kMalformed, "length out of bounds");
}

TEST(Bodies, CannotHaveMoreLocalsThanThereAreNumbers) {
  const Bytes most = leb(0xFFFFFFFF) + Bytes{0x7F};
  const Bytes before = kHeader + kNoType + kOneFunction;
  expect_refused(before + section(10, Bytes{1} + sized(Bytes{2} + most + Bytes{1, 0x7F, 0x0B})), kMalformed,
                 "too many locals");
}

}  // namespace
}  // namespace tenon::wasm::testing
