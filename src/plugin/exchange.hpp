// One call of a text function, from the first allocation of an argument to the
// collector, in one activation (runtime/call/activation.hpp): entering the guest is
// paid for once.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <tenon/store.hpp>

#include "plugin/guest_object.hpp"
#include "plugin/text_function.hpp"

namespace tenon::plugin {

// What an AssemblyScript plugin exports for the host to pass texts with. Each
// function is of the type that AssemblyScript gives it: calls go past the types.
struct AssemblyScriptExports {
  Memory memory;
  bool strings = false;             // texts are String, not ArrayBuffer
  std::optional<Function> malloc;   // (size) -> pointer
  std::optional<Function> new_;     // (size, class id) -> pointer
  std::optional<Function> pin;      // (pointer) -> pointer
  std::optional<Function> unpin;    // (pointer)
  std::optional<Function> collect;  // ()
};

class Collection;

class Exchange {
 public:
  // `wide`: the texts in UTF-16 where the plugin takes strings, empty for those
  // that are ASCII. All that is referred to must live until run() has returned.
  Exchange(const AssemblyScriptExports& guest, Collection& collection, const TextFunction& function,
           std::span<const std::string_view> texts, std::span<const std::u16string> wide, std::string* result)
      : guest_(guest),
        collection_(collection),
        function_(function),
        texts_(texts),
        wide_(wide),
        result_(result) {}

  // Once. The error that stopped the guest, or null.
  [[nodiscard]] Failure run();
  // What the host found wrong, such as a bad pointer, or lacked; null for nothing. It
  // may have come before what stopped the guest.
  [[nodiscard]] Failure take_failure();

 private:
  using u32 = std::uint32_t;

  static void enter(void* self, const void*, std::uint64_t*);
  void work();
  bool pass_texts();
  bool pass(std::size_t index);
  bool allocate(std::uint64_t size, u32 class_id, GuestObject& object);
  bool find(std::uint64_t slot, std::string_view who, GuestObject& object);
  void copy_result();
  void unpin();
  bool fail(Failure failed);

  const AssemblyScriptExports& guest_;
  Collection& collection_;
  const TextFunction& function_;
  const std::span<const std::string_view> texts_;
  const std::span<const std::u16string> wide_;
  std::string* const result_;
  Failure failed_;
  bool no_memory_ = false;
  std::size_t pins_ = 0;
  // The arguments, then the result, of the function and of the plugin's own.
  std::array<std::uint64_t, TextFunction::kMaxTexts> slots_;
  std::array<std::uint64_t, TextFunction::kMaxTexts> pinned_;
  std::array<std::uint64_t, 2> own_slots_;
};

}  // namespace tenon::plugin
