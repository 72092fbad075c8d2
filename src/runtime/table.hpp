// A table of references.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <expected>
#include <memory>
#include <optional>

#include <tenon/error.hpp>
#include <tenon/types.hpp>

#include "artifact/abi.hpp"

namespace tenon::runtime {

class StoreImpl;

// References travel as u64: a FunctionRecord*, an externref's bits or an
// ExceptionRecord*; 0 is null.
using Reference = std::uint64_t;

class TableImpl {
 public:
  // All null. `element_limit` is the store's. Errors: out_of_resources.
  [[nodiscard]] static std::expected<std::unique_ptr<TableImpl>, Error> create(StoreImpl* store,
                                                                               const TableType& type,
                                                                               std::uint64_t element_limit);
  ~TableImpl() { std::free(record.entries); }
  TableImpl(const TableImpl&) = delete;
  TableImpl& operator=(const TableImpl&) = delete;

  // Precondition of all four: contains(index, size).
  [[nodiscard]] Reference get(std::uint64_t index) const;
  void set(std::uint64_t index, Reference reference);
  void fill(std::uint64_t index, Reference reference, std::uint64_t size);
  void copy(std::uint64_t to, const TableImpl& from_table, std::uint64_t from, std::uint64_t size);

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
  TableImpl(StoreImpl* store, const TableType& type, std::uint64_t maximum)
      : store_(store), type_(type), maximum_(maximum) {}
  [[nodiscard]] std::size_t entry_size() const {
    return type_.element == ValueType::funcref ? sizeof(artifact::FunctionTableEntry) : sizeof(Reference);
  }

  StoreImpl* store_;
  TableType type_;
  std::uint64_t maximum_;
};

}  // namespace tenon::runtime
