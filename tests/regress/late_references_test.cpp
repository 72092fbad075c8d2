// A function's record is filled in when ref.func first asks for it. Code once
// jumped to address 0: LLVM had merged the look at the empty record with the
// load for the call, which was said never to change.
#include "binary_guest.hpp"

namespace tenon::regress {
namespace {

class LateReferences : public testing::TestWithParam<int> {
 protected:
  static compiler::CompileOptions options(bool strict) {
    return {.optimization_level = static_cast<std::uint8_t>(GetParam()), .strict = strict};
  }
  // Function 0 gives 7; function 1, exported as "a", calls it by these operators.
  static Bytes module_with(const Bytes& call) {
    using namespace wasm::testing;
    return kHeader + section(1, {1, 0x60, 0, 1, 0x7F}) + section(3, {2, 0, 0}) +
           section(7, {1, 1, 'a', 0, 1}) + section(9, {1, 3, 0, 1, 0}) +
           section(10, Bytes{2} + sized({0, 0x41, 7, 0x0B}) + sized(call));
  }
};

const Bytes kReference = {0xD2, 0}, kEnd = {0x0B};

TEST_P(LateReferences, AreCalledAtOnce) {
  for (const bool strict : {false, true}) {
    for (const std::uint8_t call : {0x14, 0x15}) {  // call_ref, return_call_ref
      BinaryGuest guest(module_with(Bytes{0} + kReference + Bytes{call, 0} + kEnd), options(strict));
      EXPECT_EQ(guest.bits("a", {}), 7U);
      EXPECT_EQ(guest.bits("a", {}), 7U);
    }
  }
}

// The call could be moved out of the loop, before the look at the record.
TEST_P(LateReferences, AreCalledInLoops) {
  const Bytes counter = {1, 1, 0x7F};
  const Bytes step = {0x20, 0, 0x6A, 0x22, 0, 0x41, 0xF0, 0, 0x48, 0x0D, 0};  // += result; again while < 112
  BinaryGuest guest(module_with(counter + Bytes{0x03, 0x40} + kReference + Bytes{0x14, 0} + step + kEnd +
                                Bytes{0x20, 0} + kEnd),
                    options(false));
  EXPECT_EQ(guest.bits("a", {}), 112U);
}

// Null is compared before the record is filled in, and is never what ref.func gives.
TEST_P(LateReferences, AreNeverNull) {
  const Bytes is_null = kReference + Bytes{0xD1};  // ref.is_null
  BinaryGuest guest(module_with(Bytes{0} + is_null + kReference + Bytes{0x14, 0, 0x6A} + kEnd),
                    options(false));
  EXPECT_EQ(guest.bits("a", {}), 7U);
}

INSTANTIATE_TEST_SUITE_P(Levels, LateReferences, testing::Values(0, 1, 2, 3));

}  // namespace
}  // namespace tenon::regress
