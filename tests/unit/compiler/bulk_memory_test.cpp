// What becomes of memory.copy and memory.fill.
#include <gmock/gmock.h>

#include "support/wat.hpp"

namespace tenon::compiler {
namespace {

std::size_t calls_left_of(int copies) {
  std::string text = "(module (memory 1) (func (export \"f\") (param i32 i32 i32) (result i32)\n";
  for (int i = 0; i < copies; ++i) text += "(memory.copy (local.get 0) (local.get 1) (local.get 2))\n";
  const auto ir = tests::emit_text(text + "(i32.const 0)))", {.emit = Emit::llvm_ir});
  std::size_t calls = 0;
  for (std::size_t at = 0; (at = ir.find("@memory_copy(", at)) != std::string::npos; ++at) ++calls;
  return calls;
}

TEST(BulkMemory, AFewCopiesAreInlined) { EXPECT_EQ(calls_left_of(10), 0u); }

// A thousand made code out of proportion to their seven bytes each.
TEST(BulkMemory, OfManyInOneFunctionOnlySomeAreInlined) { EXPECT_GE(calls_left_of(300), 250u); }

}  // namespace
}  // namespace tenon::compiler
