// The exceptions of a store. Guest code copies references to them freely, so
// they are collected: marked from the globals and tables that can hold one, and
// conservatively from the stack between the guest's call and the outermost
// activation, where any word that is the address of an exception keeps it alive;
// the rest is freed.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "artifact/abi.hpp"

namespace tenon::runtime {

class StoreImpl;
struct FrameRegisters;
struct TagImpl;

class ExceptionHeap {
 public:
  explicit ExceptionHeap(const StoreImpl* store) : store_(store) {}

  // With slots of zero; null where too many are alive. `guest`: where guest
  // code goes on that called for this; every reference it holds is in one of
  // these registers or on the stack from there up.
  [[nodiscard]] artifact::ExceptionRecord* make(const TagImpl& tag, const FrameRegisters& guest);

  [[nodiscard]] std::size_t size() const { return exceptions_.size(); }

 private:
  using Words = std::unique_ptr<std::uint64_t[]>;  // an ExceptionRecord
  struct Exception {
    Words record;
    std::uint32_t words = 0;
    bool marked = false;
  };

  void collect(const FrameRegisters& guest);
  void mark_roots(const FrameRegisters& guest);
  void mark_range(const std::uint64_t* begin, const std::uint64_t* end);
  void mark(std::uint64_t reference);

  const StoreImpl* store_;
  std::vector<Exception> exceptions_;  // ascending addresses while marking
  std::vector<const Exception*> to_scan_;
  std::size_t bytes_ = 0;
  std::size_t collect_at_ = 1024;  // exceptions
};

}  // namespace tenon::runtime
