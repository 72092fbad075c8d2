// All that activations and the signal handler know of a store: which code is its
// guests', and which addresses they can reach.
#pragma once

#include <cstdint>
#include <span>

#include "base/address_range.hpp"
#include "base/bytes.hpp"

namespace tenon::runtime {

class LoadedModule;

struct CodeRange {
  base::AddressRange text;
  const LoadedModule* module;
};

// Views into the store's own lists. Signal-safe: those change only in host code of
// the store's thread. The handler of faults asks only about guest code of that thread; that
// of interrupts, which comes at any time, looks at StoreHead::guest_code_changes first.
struct GuestCode {
  std::span<const CodeRange> texts;
  std::span<const base::AddressRange> reservations;  // of linear memories

  // Whether a guest was running there: in a module's text, or in what guest code
  // calls in the runtime's assembly (machine/enter.hpp).
  [[nodiscard]] bool has_text(std::uintptr_t pc) const { return !text_from(pc).empty(); }
  // The bytes from there to the end of that text; empty where the address is not in guest
  // code.
  [[nodiscard]] base::ByteView text_from(std::uintptr_t pc) const;
  [[nodiscard]] const LoadedModule* module_at(std::uintptr_t pc) const;
  // Whether a load or store of guest code can reach the address.
  [[nodiscard]] bool reserves(std::uintptr_t address) const;
};

}  // namespace tenon::runtime
