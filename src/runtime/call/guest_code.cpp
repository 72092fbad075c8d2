#include "runtime/call/guest_code.hpp"

#include <algorithm>

#include "runtime/machine/enter.hpp"

namespace tenon::runtime {

base::ByteView GuestCode::text_from(std::uintptr_t pc) const {
  const base::AddressRange stubs{reinterpret_cast<std::uintptr_t>(&tenon_guest_stubs),
                                 reinterpret_cast<std::uintptr_t>(&tenon_guest_stubs_end)};
  auto rest = [pc](const base::AddressRange& text) -> base::ByteView {
    return {reinterpret_cast<const std::uint8_t*>(pc), text.end - pc};
  };
  if (stubs.contains(pc)) return rest(stubs);
  for (const CodeRange& code : texts) {
    if (code.text.contains(pc)) return rest(code.text);
  }
  return {};
}

const LoadedModule* GuestCode::module_at(std::uintptr_t pc) const {
  const auto code = std::ranges::find_if(texts, [pc](const CodeRange& c) { return c.text.contains(pc); });
  return code != texts.end() ? code->module : nullptr;
}

bool GuestCode::reserves(std::uintptr_t address) const {
  return std::ranges::any_of(reservations, [&](const auto& range) { return range.contains(address); });
}

}  // namespace tenon::runtime
