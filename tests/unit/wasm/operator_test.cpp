// Decoding of single operators.
#include "wasm/operator.hpp"

#include <gtest/gtest.h>

#include "unit/wasm/module_bytes.hpp"

namespace tenon::wasm {
namespace {

using testing::Bytes;

constexpr std::uint64_t kBase = 1000;  // where the operators begin in their module

Operator decode(const Bytes& bytes, FeatureSet features = webassembly2_features()) {
  OperatorReader reader(bytes, kBase, features);
  Operator op;
  const auto read = reader.next(op);
  EXPECT_TRUE(read) << read.error().message;
  EXPECT_TRUE(reader.at_end());
  return op;
}

Error decode_error(const Bytes& bytes, FeatureSet features = webassembly2_features()) {
  OperatorReader reader(bytes, kBase, features);
  Operator op;
  const auto read = reader.next(op);
  EXPECT_FALSE(read);
  return read ? Error{} : read.error();
}

TEST(OperatorReader, GivesEachOperatorItsOffset) {
  const Bytes bytes = {0x01, 0x41, 0x80, 0x01, 0x0B};
  OperatorReader reader(bytes, kBase, webassembly2_features());
  Operator op;
  ASSERT_TRUE(reader.next(op));
  EXPECT_EQ(op.offset, kBase);
  ASSERT_TRUE(reader.next(op));
  EXPECT_EQ(op.opcode(), Opcode::i32_const);
  EXPECT_EQ(op.offset, kBase + 1);
  ASSERT_TRUE(reader.next(op));
  EXPECT_EQ(op.offset, kBase + 4);
  EXPECT_TRUE(reader.at_end());
}

TEST(OperatorReader, ReadsConstantsAsBits) {
  EXPECT_EQ(decode({0x41, 0x7F}).bits[0], 0xFFFFFFFFu);  // not sign-extended beyond 32 bits
  EXPECT_EQ(decode({0x42, 0x7F}).bits[0], ~std::uint64_t{0});
  EXPECT_EQ(decode({0x43, 0x01, 0x00, 0xA0, 0x7F}).bits[0], 0x7FA00001u);  // a signalling NaN stays one
  EXPECT_EQ(decode({0x44, 1, 2, 3, 4, 5, 6, 7, 8}).bits[0], 0x0807060504030201u);
  const Operator vector = decode({0xFD, 0x0C, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
  EXPECT_EQ(vector.bits[0], 0x0706050403020100u);
  EXPECT_EQ(vector.bits[1], 0x0F0E0D0C0B0A0908u);
}

TEST(OperatorReader, ReadsBlockTypes) {
  EXPECT_EQ(decode({0x02, 0x40}).block.kind, BlockType::Kind::empty);
  EXPECT_EQ(decode({0x03, 0x7C}).block.value, ValueType::f64);
  EXPECT_EQ(decode({0x04, 0x80, 0x01}).block.kind, BlockType::Kind::type_index);
  EXPECT_EQ(decode({0x04, 0x80, 0x01}).block.type_index, 128u);
  EXPECT_EQ(decode({0x04, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}).block.type_index, 0xFFFFFFFFu);
  EXPECT_EQ(decode_error({0x02, 0x80, 0x7F}).message, "malformed block type");
  EXPECT_EQ(decode_error({0x02, 0x41}).message, "malformed value type 0x41");
}

TEST(OperatorReader, ReadsIndicesInTheirOrder) {
  const Operator call = decode({0x11, 0x03, 0x81, 0x00});  // type 3, table 1
  EXPECT_EQ(call.index, 3u);
  EXPECT_EQ(call.index2, 1u);
  const Operator init = decode({0xFC, 0x08, 0x05, 0x00});  // segment 5
  EXPECT_EQ(init.index, 5u);
  const Operator copy = decode({0xFC, 0x0E, 0x01, 0x02});  // to 1, from 2
  EXPECT_EQ(copy.index, 1u);
  EXPECT_EQ(copy.index2, 2u);
  EXPECT_EQ(decode({0x0E, 0x02, 0x04, 0x05, 0x06}).labels, (std::vector<std::uint32_t>{4, 5, 6}));
}

TEST(OperatorReader, ReadsMemoryArguments) {
  const Operator load = decode({0x28, 0x02, 0x90, 0x01});
  EXPECT_EQ(load.align, 2u);
  EXPECT_EQ(load.memory_offset, 144u);
  EXPECT_EQ(load.memory, 0u);
  EXPECT_EQ(decode({0xFD, 0x54, 0x00, 0x07, 0x0F}).lane, 15);
  EXPECT_EQ(decode_error({0x28, 0x80, 0x01, 0x00}).message, "malformed memop flags");
  EXPECT_EQ(decode_error({0x28, 0x42, 0x01, 0x00}).code, ErrorCode::unsupported);
  const Operator other =
      decode({0x28, 0x42, 0x01, 0x00}, webassembly2_features().enable(Feature::multi_memory));
  EXPECT_EQ(other.memory, 1u);
}

TEST(OperatorReader, WantsAZeroByteForTheMemory) {
  EXPECT_EQ(decode_error({0x3F, 0x01}).message, "zero byte expected");
  EXPECT_EQ(decode_error({0x40, 0x80, 0x00}).message, "zero byte expected");  // a byte, not a number
  EXPECT_EQ(decode({0x40, 0x81, 0x00}, webassembly2_features().enable(Feature::multi_memory)).index, 1u);
}

TEST(OperatorReader, NamesTheProposalOfWhatItDoesNotSupport) {
  const auto expect_proposal = [](const Bytes& bytes, std::string_view proposal) {
    const Error error = decode_error(bytes);
    EXPECT_EQ(error.code, ErrorCode::unsupported) << error.message;
    EXPECT_EQ(error.byte_offset, kBase);
    EXPECT_NE(error.message.find(proposal), std::string::npos) << error.message;
  };
  expect_proposal({0x14, 0x00}, "function-references");
  expect_proposal({0xFB, 0x00, 0x00}, "gc");
}

TEST(OperatorReader, RefusesOperatorsOfFeaturesThatAreOff) {
  const Error error = decode_error({0xFD, 0x0E}, webassembly2_features().disable(Feature::simd));
  EXPECT_EQ(error.code, ErrorCode::unsupported);
  EXPECT_EQ(error.message, "i8x16.swizzle needs the feature simd, which is off");
  EXPECT_EQ(decode_error({0x1C, 0x01, 0x7B}, webassembly2_features().disable(Feature::simd)).code,
            ErrorCode::unsupported);
}

TEST(OperatorReader, ReadsVectorOpcodesBeyondAByte) {
  const FeatureSet relaxed = webassembly2_features().enable(Feature::relaxed_simd);
  EXPECT_EQ(decode({0xFD, 0x80, 0x02}, relaxed).opcode(), Opcode::i8x16_relaxed_swizzle);
  EXPECT_EQ(decode({0xFD, 0x93, 0x02}, relaxed).opcode(), Opcode::i32x4_relaxed_dot_i8x16_i7x16_add_s);
  EXPECT_EQ(decode_error({0xFD, 0x94, 0x02}, relaxed).message, "illegal opcode 0xfd 0x114");
  EXPECT_EQ(decode_error({0xFD, 0x80, 0x02}, webassembly2_features()).message,
            "i8x16.relaxed_swizzle needs the feature relaxed-simd, which is off");
}

TEST(OperatorReader, RefusesIllegalOpcodes) {
  EXPECT_EQ(decode_error({0x27}).message, "illegal opcode 0x27");
  EXPECT_EQ(decode_error({0xFF}).message, "illegal opcode 0xff");
  EXPECT_EQ(decode_error({0xFC, 0x12}).message, "illegal opcode 0xfc 0x12");
  // Must not be taken for the opcode that its low bits spell.
  EXPECT_EQ(decode_error({0xFC, 0x80, 0x80, 0x04}).message, "illegal opcode 0xfc 0x10000");
  EXPECT_EQ(decode_error({0xFC, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}).message,
            "integer representation too long");
}

TEST(OperatorReader, FailsAtTheEndOfItsBytes) {
  const Error error = decode_error({0x41, 0x80});
  EXPECT_EQ(error.message, "unexpected end");
  EXPECT_EQ(error.byte_offset, kBase + 2);
  EXPECT_EQ(error.phase, Phase::read);
  EXPECT_EQ(decode_error({}).message, "unexpected end");
  EXPECT_EQ(decode_error({0xFD, 0x0C, 1, 2, 3}).message, "unexpected end");
  EXPECT_EQ(decode_error({0x0E, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x00}).code, ErrorCode::malformed);
}

}  // namespace
}  // namespace tenon::wasm
