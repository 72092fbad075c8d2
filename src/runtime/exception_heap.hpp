// The exceptions of a store. Guest code copies references to them freely, so
// they are collected: marked from the globals and tables that can hold one, and
// conservatively from the stack of the thread, where any word that is the
// address of an exception keeps it alive; the rest is freed.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "artifact/abi.hpp"

namespace tenon::runtime {

class StoreImpl;
struct TagImpl;

class ExceptionHeap {
 public:
  explicit ExceptionHeap(const StoreImpl* store) : store_(store) {}

  // With slots of zero; null where too many are alive. Called within an
  // activation of the store on this thread, when every reference that guest
  // code holds is on the stack or in a callee-saved register.
  [[nodiscard]] artifact::ExceptionRecord* make(const TagImpl& tag);

  [[nodiscard]] std::size_t size() const { return exceptions_.size(); }

 private:
  using Words = std::unique_ptr<std::uint64_t[]>;  // an ExceptionRecord
  struct Exception {
    Words record;
    std::uint32_t words = 0;
    bool marked = false;
  };

  void collect();
  void mark_roots();
  void mark_range(const std::uint64_t* begin, const std::uint64_t* end);
  void mark(std::uint64_t reference);

  const StoreImpl* store_;
  std::vector<Exception> exceptions_;  // ascending addresses while marking
  std::vector<const Exception*> to_scan_;
  std::size_t bytes_ = 0;
  std::size_t collect_at_ = 1024;  // exceptions
};

}  // namespace tenon::runtime
