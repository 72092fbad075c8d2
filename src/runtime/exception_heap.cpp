#include "runtime/exception_heap.hpp"

#include <algorithm>
#include <functional>

#include "runtime/activation.hpp"
#include "runtime/store_impl.hpp"
#include "runtime/tag.hpp"
#include "runtime/unwind_table.hpp"

namespace tenon::runtime {
namespace {

// What a plugin may hold in exceptions that are alive; a plugin that chains
// them without end gets an error, not the host's memory.
constexpr std::size_t kMostBytes = std::size_t{16} << 20;
constexpr std::size_t kFewest = 1024;  // not worth a collection

std::uint32_t words_of(const TagImpl& tag) {
  std::uint32_t words = sizeof(artifact::ExceptionRecord) / sizeof(std::uint64_t);
  for (ValueType type : tag.type().type.parameters) words += type == ValueType::v128 ? 2 : 1;
  return words;
}

bool holds_exceptions(ValueType type) { return general_type(type) == ValueType::exnref; }

}  // namespace

artifact::ExceptionRecord* ExceptionHeap::make(const TagImpl& tag, const FrameRegisters& guest) {
  const std::uint32_t words = words_of(tag);
  const std::size_t size = words * sizeof(std::uint64_t);
  if (exceptions_.size() >= collect_at_ || bytes_ + size > kMostBytes) collect(guest);
  if (bytes_ + size > kMostBytes) return nullptr;
  auto& made = exceptions_.emplace_back(Exception{std::make_unique<std::uint64_t[]>(words), words});
  bytes_ += size;
  auto* const record = reinterpret_cast<artifact::ExceptionRecord*>(made.record.get());
  record->tag = &tag;
  return record;
}

void ExceptionHeap::collect(const FrameRegisters& guest) {
  std::ranges::sort(exceptions_, std::less<>{}, [](const Exception& e) { return e.record.get(); });
  mark_roots(guest);
  while (!to_scan_.empty()) {  // not recursive: guests chain exceptions
    const Exception& exception = *to_scan_.back();
    to_scan_.pop_back();
    mark_range(exception.record.get() + 1, exception.record.get() + exception.words);
  }
  std::erase_if(exceptions_, [](const Exception& e) { return !e.marked; });
  bytes_ = 0;
  for (Exception& exception : exceptions_) {
    exception.marked = false;
    bytes_ += exception.words * sizeof(std::uint64_t);
  }
  collect_at_ = std::max(kFewest, 2 * exceptions_.size());
}

void ExceptionHeap::mark_roots(const FrameRegisters& guest) {
  store_->for_each_table([&](const TableImpl& table) {
    if (!holds_exceptions(table.element())) return;
    const auto* const entries = static_cast<const std::uint64_t*>(table.record.entries);
    mark_range(entries, entries + table.record.size);
  });
  store_->for_each_global([&](const GlobalImpl& global) {
    if (holds_exceptions(global.type.value)) mark(read_cell(global.cell).low);
  });
  for (const std::uint64_t word : {guest.rbx, guest.rbp, guest.r12, guest.r13, guest.r14, guest.r15})
    mark(word);
  const auto stack = guest_stack(guest.sp);
  mark_range(stack.data(), stack.data() + stack.size());
}

// Any word may be a reference: those that are none change nothing.
[[gnu::no_sanitize_address]] void ExceptionHeap::mark_range(const std::uint64_t* begin,
                                                            const std::uint64_t* end) {
  for (; begin < end; ++begin) mark(*begin);
}

void ExceptionHeap::mark(std::uint64_t reference) {
  const auto address = [](const Exception& e) { return reinterpret_cast<std::uint64_t>(e.record.get()); };
  const auto after = std::ranges::upper_bound(exceptions_, reference, {}, address);
  if (after == exceptions_.begin()) return;
  Exception& found = *std::prev(after);
  // Optimised code may have kept no more than the address of a slot.
  if (reference - address(found) >= found.words * sizeof(std::uint64_t) || found.marked) return;
  found.marked = true;
  to_scan_.push_back(&found);
}

}  // namespace tenon::runtime
