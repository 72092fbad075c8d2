// A table of references.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <tenon/error.hpp>
#include <tenon/types.hpp>

#include "artifact/abi.hpp"
#include "artifact/plan.hpp"
#include "runtime/memory/budget.hpp"
#include "runtime/memory/zeroed_memory.hpp"

namespace tenon::runtime {

class ConstantScope;
class StoreImpl;

// References travel as u64: a FunctionRecord*, an externref's bits or an
// ExceptionRecord*; 0 is null.
using Reference = std::uint64_t;

// The contents of a table at one moment.
struct SavedTable {
  // That the table's own instance fills in when somebody asks: the rest is null.
  struct Segment {
    std::uint64_t index;
    std::span<const artifact::ConstantExpression> elements;
  };
  std::uint64_t size = 0;
  std::vector<Segment> pending;
  std::vector<Reference> elements;  // all, where nothing is pending
};

// A table of functions that nobody has used yet only notes the segments that it takes, and
// fills in an element when somebody first asks for it: modules have thousands, and
// instances call few. Until then guest code finds a null entry, and asks
// Builtins::table_element about it. The first change to a used table fills in all that are
// left; from then on null is null.
class TableImpl {
 public:
  // All elements are null, whatever their type: where that is never null, the caller must
  // fill the table. `element_limit` and `budget` are the store's; the bytes of the
  // elements count for the budget. Errors: out_of_resources.
  [[nodiscard]] static std::expected<std::unique_ptr<TableImpl>, Error> create(StoreImpl* store,
                                                                               const TableType& type,
                                                                               std::uint64_t element_limit,
                                                                               Budget& budget);
  TableImpl(const TableImpl&) = delete;
  TableImpl& operator=(const TableImpl&) = delete;

  // Precondition of all five: contains(index, size).
  [[nodiscard]] Reference get(std::uint64_t index) const;
  void set(std::uint64_t index, Reference reference);
  void fill(std::uint64_t index, Reference reference, std::uint64_t size);
  void copy(std::uint64_t to, TableImpl& from_table, std::uint64_t from, std::uint64_t size);
  // Sets the elements from an index on to those of an instance's segment. The instance
  // lives as long as the table (the store has both). Its expressions have the same value
  // whenever they are evaluated, since they read immutable globals only.
  void take(std::uint64_t index, std::span<const artifact::ConstantExpression> elements,
            const ConstantScope& scope);

  // Precondition: `scope` is the instance that the table is part of. From then on,
  // has_changed tells whether anybody has changed it; looking at elements is no change.
  [[nodiscard]] SavedTable save(const ConstantScope& scope);
  [[nodiscard]] bool has_changed() const { return has_changed_; }
  // Puts size and contents back, of itself or of the same table of another instance, whose
  // references `elements` has as this instance's. Precondition: the element type allows them.
  // False where there is no memory.
  [[nodiscard]] bool restore(const SavedTable& saved, std::span<const Reference> elements,
                             const ConstantScope& scope);

  // The old size; nullopt where a limit or the system says no.
  std::optional<std::uint64_t> grow(std::uint64_t delta, Reference reference);

  [[nodiscard]] ValueType element() const { return type_.element; }
  [[nodiscard]] TableType type() const {
    TableType type = type_;
    type.limits.minimum = record.size;
    return type;
  }
  [[nodiscard]] StoreImpl* store() const { return store_; }
  [[nodiscard]] bool contains(std::uint64_t index, std::uint64_t size) const {
    return index <= record.size && size <= record.size - index;
  }

  artifact::TableRecord record{};  // what guest code sees

 private:
  TableImpl(StoreImpl* store, const TableType& type, std::uint64_t maximum, Budget& budget)
      : store_(store), type_(type), maximum_(maximum), budget_(budget) {}
  [[nodiscard]] bool has_functions() const { return general_type(type_.element) == ValueType::funcref; }
  [[nodiscard]] std::size_t entry_size() const {
    return has_functions() ? sizeof(artifact::FunctionTableEntry) : sizeof(Reference);
  }
  void write(std::uint64_t index, Reference reference, std::uint64_t size);
  [[nodiscard]] Reference fill_in(std::uint64_t index) const;
  void fill_in_all();
  [[nodiscard]] bool resize(std::uint64_t size);

  struct Segment {
    std::uint64_t index;
    std::span<const artifact::ConstantExpression> elements;
    const ConstantScope* scope;
  };
  // Not many, since every look-up of an element searches all of them.
  static constexpr std::size_t kMostPending = 8;
  [[nodiscard]] std::span<const Segment> pending() const { return std::span(pending_).first(pending_count_); }

  StoreImpl* store_;
  TableType type_;
  std::uint64_t maximum_;
  Budget& budget_;  // of the store, which goes after its tables
  ZeroedMemory entries_;
  // A later segment overrides an earlier one. Not a vector: guest code takes segments too,
  // and could not be told that there is no memory.
  std::array<Segment, kMostPending> pending_;
  std::size_t pending_count_ = 0;
  mutable bool is_used_ = false;  // something else than taking segments was done
  bool has_changed_ = true;       // since it was saved or restored
};

}  // namespace tenon::runtime
