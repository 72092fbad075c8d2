// One number for each function type in the process, so that an indirect call compares
// numbers and a reference type has room for one. The registry is the one thing that all
// stores share: code of one artifact may end up in a table of another's. Compiled modules
// number their types by themselves (src/wasm).
//
// A type has its number while somebody uses it: a module uses its own types, a store those
// of what the host made in it. With the last use the number goes, and is never given
// again: a copy of a type that still has it is equal to no other type. Types that the host
// names stay for ever.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <tenon/types.hpp>

namespace tenon::base {

inline constexpr std::uint32_t kNoTypeId = 0;

// Uses of types, given up when it goes. Each object is used by one thread at a
// time.
class TypeUses {
 public:
  TypeUses() = default;
  TypeUses(TypeUses&& other) noexcept = default;
  TypeUses& operator=(TypeUses&& other) noexcept;
  ~TypeUses() { release(); }

  // The type's number, which is the same for equal types. A type has a higher number than
  // the types that it refers to. kNoTypeId where the process has given out all there are.
  [[nodiscard]] std::uint32_t add(const FunctionType& type);
  // Uses the type that a value type refers to, if it refers to one that is still there.
  void add(ValueType type);
  void add_all_in(const FunctionType& type);

 private:
  void release() noexcept;

  std::vector<std::uint32_t> ids_;
};

// Uses the type for ever and returns its number. Thread-safe.
[[nodiscard]] std::uint32_t type_id_of(const FunctionType& type);

// Null where nobody uses the type any more. The type stays where it is while somebody
// does. Thread-safe.
[[nodiscard]] const FunctionType* find_type(std::uint32_t id);
// Precondition: somebody uses the type. Otherwise the answer is the type () -> ().
[[nodiscard]] const FunctionType& type_of_id(std::uint32_t id);

}  // namespace tenon::base
