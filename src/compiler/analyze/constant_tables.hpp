// Tables of functions that nothing can change or see: what an indirect call
// finds there is known at compile time. For each such table and type that it is
// called with there is an array of code in the artifact, one place for each
// element: the function where it has that type, else code that traps. So the
// call compares the index with a constant and jumps; it reads no table and
// compares no type.
//
// The runtime fills its own table all the same, for table.get, table.copy and
// calls that have no array (tail calls, arrays that would take too much room).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "wasm/module.hpp"

namespace tenon::compiler {

// The functions of one such table, as function indices; nothing where null.
using ConstantTable = std::vector<std::optional<std::uint32_t>>;

// The contents of each table where all of these hold: the module defines it, does
// not export it, and has no operator that writes to it; it starts out null; and its
// active segments have constant places inside it and name functions. Then it is
// the same in every instance that guest code can run in.
// `most`, for each table: of more elements it says nothing. All in one pass over
// exports and segments: tables times segments would be a product that guests choose.
[[nodiscard]] std::vector<std::optional<ConstantTable>> constant_tables(
    const wasm::Module& source, const std::vector<std::uint64_t>& most);

// Whether an active segment has a constant place inside its table, whatever is imported
// in the table's place: that has at least the minimum.
[[nodiscard]] bool is_certainly_inside(const wasm::Module& source, const wasm::ElementSegment& segment);

// The code that calls of one type find in one table. Immutable; shared by threads.
struct CodeArray {
  std::uint32_t table = 0;
  std::uint32_t type = 0;  // canonical index
};

class CodeArrays {
 public:
  // All that fit into as many bytes as the module's bodies take, or kLeastRoom.
  explicit CodeArrays(const wasm::Module& source);

  [[nodiscard]] std::span<const CodeArray> all() const { return arrays_; }
  // Its index in all(), if there is one for calls of this type, canonical or not.
  [[nodiscard]] std::optional<std::uint32_t> find(std::uint32_t table, std::uint32_t type) const;
  // The contents of a table that has an array.
  [[nodiscard]] const ConstantTable& contents(std::uint32_t table) const { return *tables_[table]; }

  static constexpr std::uint64_t kLeastRoom = 64 * 1024;
  static constexpr std::uint64_t kElementBytes = 4;

 private:
  const wasm::Module& source_;
  std::vector<std::optional<ConstantTable>> tables_;
  std::vector<CodeArray> arrays_;  // ascending
};

}  // namespace tenon::compiler
