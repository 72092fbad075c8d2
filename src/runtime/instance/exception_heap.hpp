// The exceptions of a store. Guest code copies references to them freely, so a collector
// frees them. It marks those that globals and tables refer to. The stack between the
// guest's call and the outermost activation it searches conservatively: any word there
// that is the address of an exception keeps it alive. The memory that exceptions really
// take counts for the store's budget.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "artifact/abi.hpp"
#include "runtime/memory/budget.hpp"

namespace tenon::runtime {

class ExceptionHeap;
struct FrameRegisters;
struct StoreHead;
struct TagImpl;

// Where references to exceptions may be besides the guest's frames.
class ExceptionRoots {
 public:
  // Gives all such words to heap.mark().
  virtual void mark_exceptions(ExceptionHeap& heap) const = 0;

 protected:
  ~ExceptionRoots() = default;
};

class ExceptionHeap {
 public:
  // `store` is that of the guests that throw.
  ExceptionHeap(const StoreHead& store, const ExceptionRoots& roots, Budget& budget)
      : store_(store), roots_(roots), budget_(budget) {}

  // A new exception with slots of zero. Null where the budget or the system has no more,
  // even after those that nobody refers to were freed. `guest` is where the guest code
  // that asked goes on: every reference that it holds is in one of these registers, or on
  // the stack from there up.
  [[nodiscard]] artifact::ExceptionRecord* make(const TagImpl& tag, const FrameRegisters& guest) noexcept;

  [[nodiscard]] std::size_t size() const { return exceptions_.size(); }
  // Frees those that nobody refers to. Precondition: no guest of the store runs.
  void collect_at_rest();

  // While collecting. Any word may be a reference; words that are none change nothing.
  void mark(std::span<const std::uint64_t> words);

 private:
  using Words = std::unique_ptr<std::uint64_t[]>;  // an ExceptionRecord
  struct Exception {
    Words record;
    std::uint32_t words = 0;
    std::uint32_t next = kUnmarked;  // to be scanned: its index + 1, or kLast
  };
  static constexpr std::uint32_t kUnmarked = 0, kLast = UINT32_MAX;

  [[nodiscard]] artifact::ExceptionRecord* try_to_make(std::uint32_t words) noexcept;
  [[nodiscard]] bool make_room() noexcept;
  void collect(const FrameRegisters& guest);
  void sort();
  void free_unmarked();
  void scan_marked();
  void mark_roots(const FrameRegisters& guest);
  void mark(std::uint64_t reference);

  const StoreHead& store_;
  const ExceptionRoots& roots_;
  Budget& budget_;
  std::vector<Exception> exceptions_;  // ascending addresses while marking
  std::uint32_t to_scan_ = kLast;      // a list through Exception::next: collecting allocates nothing
  std::size_t collect_at_ = 1024;      // exceptions
};

}  // namespace tenon::runtime
