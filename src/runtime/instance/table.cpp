#include "runtime/instance/table.hpp"

#include <algorithm>
#include <cstring>
#include <ranges>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "runtime/instance/constant.hpp"

namespace tenon::runtime {
namespace {

using artifact::FunctionRecord;
using artifact::FunctionTableEntry;

FunctionTableEntry entry_of(Reference reference) {
  if (reference == 0) return {};
  const auto* record = reinterpret_cast<const FunctionRecord*>(reference);
  return {.code = record->code,
          .context = record->context,
          .type_id = record->type_id,
          .padding = 0,
          .record = record};
}

// The most elements of any table, whatever their size: the size in bytes never overflows.
constexpr std::uint64_t kMostElements = UINT32_MAX;

std::unexpected<Error> fail(std::string message) {
  return base::fail(Phase::instantiate, ErrorCode::out_of_resources, std::move(message));
}

}  // namespace

std::expected<std::unique_ptr<TableImpl>, Error> TableImpl::create(StoreImpl* store, const TableType& type,
                                                                   std::uint64_t element_limit,
                                                                   Budget& budget) {
  const std::uint64_t size = type.limits.minimum;
  const std::uint64_t limit = std::min(element_limit, kMostElements);
  if (size > limit) {
    return fail("a table of " + std::to_string(size) + " elements is larger than the limit of " +
                std::to_string(limit) + " (StoreOptions::table_limit, --table-limit)");
  }
  const std::uint64_t maximum = std::min(type.limits.maximum.value_or(limit), limit);
  std::unique_ptr<TableImpl> table(new TableImpl(store, type, maximum, budget));
  if (size > 0) {
    const std::uint64_t bytes = size * table->entry_size();
    const auto what = [&] { return "a table of " + std::to_string(size) + " elements"; };
    if (!budget.reserve(bytes)) return fail(budget.refusal(what(), bytes));
    table->entries_ = ZeroedMemory(bytes);  // zero is null
    if (table->entries_.data() == nullptr) {
      budget.release(bytes);
      return fail("no memory for " + what());
    }
  }
  table->record = {.entries = table->entries_.data(), .size = size};
  return table;
}

Reference TableImpl::get(std::uint64_t index) const {
  if (!has_functions()) return static_cast<const Reference*>(record.entries)[index];
  const FunctionTableEntry& entry = static_cast<const FunctionTableEntry*>(record.entries)[index];
  return entry.record != nullptr ? reinterpret_cast<Reference>(entry.record) : fill_in(index);
}

// Null where no pending segment has it.
Reference TableImpl::fill_in(std::uint64_t index) const {
  is_used_ = true;
  for (const Segment& segment : std::views::reverse(pending())) {
    if (index < segment.index || index - segment.index >= segment.elements.size()) continue;
    const Reference reference = evaluate(segment.elements[index - segment.index], *segment.scope).low;
    static_cast<FunctionTableEntry*>(record.entries)[index] = entry_of(reference);
    return reference;
  }
  return 0;
}

void TableImpl::fill_in_all() {
  is_used_ = true;
  for (const Segment& segment : pending()) {
    for (std::uint64_t i = 0; i < segment.elements.size(); ++i) static_cast<void>(get(segment.index + i));
  }
  pending_count_ = 0;
}

void TableImpl::set(std::uint64_t index, Reference reference) { fill(index, reference, 1); }

void TableImpl::fill(std::uint64_t index, Reference reference, std::uint64_t size) {
  has_changed_ = true;
  fill_in_all();
  write(index, reference, size);
}

void TableImpl::take(std::uint64_t index, std::span<const artifact::ConstantExpression> elements,
                     const ConstantScope& scope) {
  has_changed_ = true;
  if (!is_used_ && has_functions() && pending_count_ < kMostPending) {
    pending_[pending_count_++] = {index, elements, &scope};
    return;
  }
  fill_in_all();
  for (const auto& element : elements) write(index++, evaluate(element, scope).low, 1);
}

void TableImpl::write(std::uint64_t index, Reference reference, std::uint64_t size) {
  if (!has_functions()) {
    std::fill_n(static_cast<Reference*>(record.entries) + index, size, reference);
  } else {
    std::fill_n(static_cast<FunctionTableEntry*>(record.entries) + index, size, entry_of(reference));
  }
}

void TableImpl::copy(std::uint64_t to, TableImpl& from_table, std::uint64_t from, std::uint64_t size) {
  if (size == 0) return;
  has_changed_ = true;
  fill_in_all();
  from_table.fill_in_all();
  auto* const target = static_cast<char*>(record.entries) + to * entry_size();
  const auto* const source = static_cast<const char*>(from_table.record.entries) + from * entry_size();
  std::memmove(target, source, size * entry_size());
}

std::optional<std::uint64_t> TableImpl::grow(std::uint64_t delta, Reference reference) {
  const std::uint64_t old_size = record.size;
  using Limit = RefusedGrowth::Limit;
  if (delta > maximum_ || old_size > maximum_ - delta) {
    const bool by_module = maximum_ == type_.limits.maximum || maximum_ == kMostElements;
    budget_.note_refused({by_module ? Limit::table_maximum : Limit::table_limit, maximum_});
    return std::nullopt;
  }
  if (delta == 0) return old_size;
  if (!resize(old_size + delta)) return std::nullopt;
  budget_.forget_refused();
  fill(old_size, reference, delta);
  return old_size;
}

// Of one that shrinks the contents are gone.
bool TableImpl::resize(std::uint64_t size) {
  if (size < record.size) {
    // Safety: what the budget no longer counts must not stay.
    ZeroedMemory smaller(size * entry_size());
    if (smaller.data() == nullptr && size > 0) return false;
    entries_ = std::move(smaller);
    budget_.release((record.size - size) * entry_size());
    record = {.entries = entries_.data(), .size = size};
    return true;
  }
  if (size == record.size) return true;
  const std::uint64_t bytes = (size - record.size) * entry_size();
  if (!budget_.reserve(bytes)) {
    budget_.note_refused({RefusedGrowth::Limit::budget});
    return false;
  }
  if (!entries_.grow(size * entry_size())) {
    budget_.release(bytes);
    budget_.note_refused({RefusedGrowth::Limit::system});
    return false;
  }
  record = {.entries = entries_.data(), .size = size};
  return true;
}

SavedTable TableImpl::save(const ConstantScope& scope) {
  SavedTable saved{.size = record.size, .pending = {}, .elements = {}};
  // Another instance's segment has no meaning for whoever gets the snapshot.
  const auto is_own = [&](const Segment& segment) { return segment.scope == &scope; };
  if (!std::ranges::all_of(pending(), is_own)) fill_in_all();
  for (const Segment& segment : pending()) saved.pending.push_back({segment.index, segment.elements});
  if (pending_count_ == 0) {
    saved.elements.reserve(record.size);
    for (std::uint64_t i = 0; i < record.size; ++i) saved.elements.push_back(get(i));
  }
  has_changed_ = false;
  return saved;
}

bool TableImpl::restore(const SavedTable& saved, std::span<const Reference> elements,
                        const ConstantScope& scope) {
  if (!resize(saved.size)) return false;
  pending_count_ = 0;
  if (saved.pending.empty()) {
    for (std::uint64_t i = 0; i < elements.size(); ++i) write(i, elements[i], 1);
  } else {
    std::memset(record.entries, 0, record.size * entry_size());
    for (const SavedTable::Segment& segment : saved.pending)
      pending_[pending_count_++] = {segment.index, segment.elements, &scope};
  }
  has_changed_ = false;
  return true;
}

}  // namespace tenon::runtime
