#include "runtime/instance/exception_heap.hpp"

#include <algorithm>
#include <functional>
#include <new>

#include "artifact/slots.hpp"
#include "runtime/call/thread_state.hpp"
#include "runtime/instance/tag.hpp"
#include "runtime/machine/frame.hpp"

namespace tenon::runtime {
namespace {

constexpr std::size_t kFewest = 1024;  // not worth a collection

std::uint32_t words_of(const TagImpl& tag) {
  constexpr std::uint32_t kHead = sizeof(artifact::ExceptionRecord) / sizeof(std::uint64_t);
  return kHead + static_cast<std::uint32_t>(artifact::slots_of(tag.type().type.parameters));
}

// The bytes that the allocator takes for a record: the record and one word of its own,
// rounded up to units of two words, and at least two units.
std::uint64_t cost_of(std::uint32_t words) {
  constexpr std::uint64_t kUnit = 16;
  const std::uint64_t bytes =
      (words * sizeof(std::uint64_t) + sizeof(std::size_t) + kUnit - 1) / kUnit * kUnit;
  return std::max(bytes, 2 * kUnit);
}

}  // namespace

artifact::ExceptionRecord* ExceptionHeap::make(const TagImpl& tag, const FrameRegisters& guest) noexcept {
  const std::uint32_t words = words_of(tag);
  if (exceptions_.size() >= collect_at_) collect(guest);
  artifact::ExceptionRecord* made = try_to_make(words);
  if (made == nullptr) {
    collect(guest);
    made = try_to_make(words);
  }
  if (made != nullptr) made->tag = &tag;
  return made;
}

artifact::ExceptionRecord* ExceptionHeap::try_to_make(std::uint32_t words) noexcept {
  const std::uint64_t cost = cost_of(words);
  if (!make_room() || !budget_.reserve(cost)) return nullptr;
  Words record(new (std::nothrow) std::uint64_t[words]());
  if (record == nullptr) {
    budget_.release(cost);
    return nullptr;
  }
  Exception& made = exceptions_.emplace_back(std::move(record), words);
  return reinterpret_cast<artifact::ExceptionRecord*>(made.record.get());
}

// Makes room for one more in the list. While the list is copied to a larger one, both
// count.
bool ExceptionHeap::make_room() noexcept {
  const std::size_t old = exceptions_.capacity();
  if (exceptions_.size() < old) return true;
  const std::size_t wanted = std::max<std::size_t>(16, 2 * old);
  if (wanted >= kLast || !budget_.reserve(wanted * sizeof(Exception))) return false;
  try {
    exceptions_.reserve(wanted);
  } catch (const std::bad_alloc&) {
    budget_.release(wanted * sizeof(Exception));
    return false;
  }
  budget_.release(old * sizeof(Exception));
  return true;
}

void ExceptionHeap::collect(const FrameRegisters& guest) {
  // Safety: another thread's stack may hold references that we would not see.
  if (!runs_on_this_thread_only(store_)) return;
  sort();
  mark_roots(guest);
  free_unmarked();
}

void ExceptionHeap::collect_at_rest() {
  if (exceptions_.empty()) return;
  sort();
  roots_.mark_exceptions(*this);
  free_unmarked();
  if (!exceptions_.empty()) return;
  budget_.release(exceptions_.capacity() * sizeof(Exception));
  std::vector<Exception>().swap(exceptions_);
}

void ExceptionHeap::sort() {
  std::ranges::sort(exceptions_, std::less<>{}, [](const Exception& e) { return e.record.get(); });
}

void ExceptionHeap::free_unmarked() {
  scan_marked();
  std::erase_if(exceptions_, [&](const Exception& e) {
    if (e.next == kUnmarked) budget_.release(cost_of(e.words));
    return e.next == kUnmarked;
  });
  for (Exception& exception : exceptions_) exception.next = kUnmarked;
  collect_at_ = std::max(kFewest, 2 * exceptions_.size());
}

// Not recursive: guests chain exceptions.
void ExceptionHeap::scan_marked() {
  while (to_scan_ != kLast) {
    const Exception& exception = exceptions_[to_scan_ - 1];
    to_scan_ = exception.next;
    mark({exception.record.get() + 1, exception.words - 1});
  }
}

void ExceptionHeap::mark_roots(const FrameRegisters& guest) {
  roots_.mark_exceptions(*this);
  mark(guest.saved);
  mark(guest_stack(guest.sp));
}

[[gnu::no_sanitize_address]] void ExceptionHeap::mark(std::span<const std::uint64_t> words) {
  const std::uint64_t* const begin = words.data();
  for (std::size_t i = 0; i < words.size(); ++i) mark(begin[i]);
}

void ExceptionHeap::mark(std::uint64_t reference) {
  const auto address = [](const Exception& e) { return reinterpret_cast<std::uint64_t>(e.record.get()); };
  const auto after = std::ranges::upper_bound(exceptions_, reference, {}, address);
  if (after == exceptions_.begin()) return;
  Exception& found = *std::prev(after);
  // Optimised code may have kept no more than the address of a slot.
  if (reference - address(found) >= found.words * sizeof(std::uint64_t) || found.next != kUnmarked) return;
  found.next = to_scan_;
  to_scan_ = static_cast<std::uint32_t>(&found - exceptions_.data()) + 1;
}

}  // namespace tenon::runtime
