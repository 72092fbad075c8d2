#include "runtime/table.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/error.hpp"

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

// Of any table, however its elements are counted: their size in bytes never overflows.
constexpr std::uint64_t kMostElements = UINT32_MAX;

std::unexpected<Error> fail(std::string message) {
  return base::fail(Phase::instantiate, ErrorCode::out_of_resources, std::move(message));
}

}  // namespace

std::expected<std::unique_ptr<TableImpl>, Error> TableImpl::create(StoreImpl* store, const TableType& type,
                                                                   std::uint64_t element_limit) {
  const std::uint64_t size = type.limits.minimum;
  const std::uint64_t limit = std::min(element_limit, kMostElements);
  if (size > limit) {
    return fail("a table of " + std::to_string(size) + " elements is larger than the limit of " +
                std::to_string(limit));
  }
  const std::uint64_t maximum = std::min(type.limits.maximum.value_or(limit), limit);
  std::unique_ptr<TableImpl> table(new TableImpl(store, type, maximum));
  if (size > 0) {
    table->record.entries =
        std::calloc(size, table->entry_size());  // zero is null, and costs nothing until touched
    if (table->record.entries == nullptr)
      return fail("no memory for a table of " + std::to_string(size) + " elements");
  }
  table->record.size = size;
  return table;
}

Reference TableImpl::get(std::uint64_t index) const {
  if (type_.element != ValueType::funcref) return static_cast<const Reference*>(record.entries)[index];
  return reinterpret_cast<Reference>(static_cast<const FunctionTableEntry*>(record.entries)[index].record);
}

void TableImpl::set(std::uint64_t index, Reference reference) { fill(index, reference, 1); }

void TableImpl::fill(std::uint64_t index, Reference reference, std::uint64_t size) {
  if (type_.element != ValueType::funcref) {
    std::fill_n(static_cast<Reference*>(record.entries) + index, size, reference);
  } else {
    std::fill_n(static_cast<FunctionTableEntry*>(record.entries) + index, size, entry_of(reference));
  }
}

void TableImpl::copy(std::uint64_t to, const TableImpl& from_table, std::uint64_t from, std::uint64_t size) {
  if (size == 0) return;
  auto* const target = static_cast<char*>(record.entries) + to * entry_size();
  const auto* const source = static_cast<const char*>(from_table.record.entries) + from * entry_size();
  std::memmove(target, source, size * entry_size());
}

std::optional<std::uint64_t> TableImpl::grow(std::uint64_t delta, Reference reference) {
  const std::uint64_t old_size = record.size;
  if (delta > maximum_ || old_size > maximum_ - delta) return std::nullopt;
  if (delta == 0) return old_size;
  void* const entries = std::realloc(record.entries, (old_size + delta) * entry_size());
  if (entries == nullptr) return std::nullopt;
  record.entries = entries;
  record.size = old_size + delta;
  fill(old_size, reference, delta);
  return old_size;
}

}  // namespace tenon::runtime
