// The exceptions of a store. Guest code copies references to them freely, so
// they are collected: marked from the globals and tables that can hold one, and
// conservatively from the stack between the guest's call and the outermost
// activation, where any word that is the address of an exception keeps it alive;
// the rest is freed. What they really take counts for the store's budget.
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

  // With slots of zero; null where the budget or the system has no more, then
  // with those freed that nobody refers to. `guest`: where guest code goes on
  // that called for this; every reference it holds is in one of these registers
  // or on the stack from there up.
  [[nodiscard]] artifact::ExceptionRecord* make(const TagImpl& tag, const FrameRegisters& guest) noexcept;

  [[nodiscard]] std::size_t size() const { return exceptions_.size(); }

  // While collecting. Any word may be a reference: those that are none change nothing.
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
