// What a pointer is made of.
#pragma once

#include <llvm/IR/DataLayout.h>
#include <llvm/IR/Value.h>

#include <cstdint>
#include <utility>

namespace tenon::compiler {

// All of the sum but the constant. Pointers that differ in the constant alone have one origin.
struct Origin {
  llvm::Value* root;
  llvm::Value* indices[2] = {nullptr, nullptr};  // of 64 bits; null for none
  [[nodiscard]] auto key() const { return std::pair(root, std::pair(indices[0], indices[1])); }
};

// The pointer is root + indices + offset, modulo 2^64.
struct PointerSum {
  Origin origin;
  std::uint64_t offset = 0;
};

// Every value in it dominates whatever uses the pointer.
[[nodiscard]] PointerSum sum_of(llvm::Value* pointer, const llvm::DataLayout& layout);

}  // namespace tenon::compiler
