// What becomes of loops at -O2.
#include <gmock/gmock.h>

#include "support/wat.hpp"

namespace tenon::compiler {
namespace {

// Compares the 24,576 bytes at 90,448 and at 115,024 as clang does it: from
// -24,576 to zero, with what is missing in the constants.
constexpr char kCompare[] = R"((module (memory 2)
  (func (export "equal") (result i32) (local $i i32)
    (local.set $i (i32.const -24576))
    (loop $next
      (if (i32.ne (i32.load8_u (i32.add (local.get $i) (i32.const 115024)))
                  (i32.load8_u (i32.add (local.get $i) (i32.const 139600))))
        (then (return (i32.const 0))))
      (br_if $next (local.tee $i (i32.add (local.get $i) (i32.const 1)))))
    (i32.const 1))))";

std::string assembly_of(const char* text) { return tests::emit_text(text, {.emit = Emit::assembly}); }

TEST(Loops, AddressesOfACounterBelowZeroAreNotComputed) {
  const auto assembly = assembly_of(kCompare);
  EXPECT_THAT(assembly, testing::HasSubstr("movzbl\t90448(%r"));
  EXPECT_THAT(assembly, testing::HasSubstr("cmpb\t115024(%r"));
}

TEST(Loops, InnermostLoopsStartAtACacheLine) {
  EXPECT_THAT(assembly_of(kCompare), testing::HasSubstr(".p2align\t6"));
}

}  // namespace
}  // namespace tenon::compiler
