#include "compiler/check/landing_pads.hpp"

#include <llvm/DebugInfo/DWARF/DWARFDataExtractor.h>
#include <llvm/DebugInfo/DWARF/DWARFDebugFrame.h>

#include <algorithm>

#include "base/error.hpp"
#include "compiler/llvm.hpp"
#include "compiler/options.hpp"

namespace tenon::compiler {

namespace {

constexpr std::uint8_t kOmitted = 0xFF, kUleb = 0x01;  // DW_EH_PE_omit, DW_EH_PE_uleb128

std::unexpected<Error> fail(const std::string& what) {
  return base::fail(Phase::load, ErrorCode::corrupt_artifact, "its unwind tables: " + what);
}

// One table of .gcc_except_table (Itanium C++ ABI), of the function that starts there.
bool read_table(base::ByteView table, std::uint64_t function, std::vector<CallSite>& sites) {
  const llvm::DataExtractor data(llvm::StringRef(reinterpret_cast<const char*>(table.data()), table.size()),
                                 true, 8);
  llvm::DataExtractor::Cursor at(0);
  if (data.getU8(at) != kOmitted) return llvm::consumeError(at.takeError()), false;
  if (data.getU8(at) != kOmitted) data.getULEB128(at);
  const auto encoding = data.getU8(at);
  const auto size = data.getULEB128(at);
  if (!at || encoding != kUleb) return llvm::consumeError(at.takeError()), false;
  for (const auto end = at.tell() + size; at && at.tell() < end;) {
    const auto start = data.getULEB128(at), length = data.getULEB128(at), pad = data.getULEB128(at);
    data.getULEB128(at);  // what it handles: everything
    if (at && pad != 0) sites.push_back({function + start, function + start + length, function + pad});
  }
  const bool is_read = static_cast<bool>(at);
  return llvm::consumeError(at.takeError()), is_read;
}

}  // namespace

std::expected<void, Error> read_landing_pads(base::ByteView unwind_table, std::uint64_t address,
                                             ArtifactText& text) {
  llvm::DWARFDebugFrame frames(llvm::Triple(std::string(default_target())).getArch(), true, address);
  const llvm::StringRef bytes(reinterpret_cast<const char*>(unwind_table.data()), unwind_table.size());
  if (auto error = frames.parse(llvm::DWARFDataExtractor(bytes, true, 8)))
    return fail(llvm::toString(std::move(error)));
  for (const auto& entry : frames) {
    const auto* frame = llvm::dyn_cast<llvm::dwarf::FDE>(&entry);
    if (frame == nullptr || !frame->getLSDAAddress()) continue;
    const auto* section = text.section_of(*frame->getLSDAAddress(), 1);
    if (section == nullptr) return fail("a table of handlers is not there");
    const auto table = section->bytes.subspan(*frame->getLSDAAddress() - section->address);
    if (!read_table(table, frame->getInitialLocation(), text.call_sites))
      return fail("a table of handlers is damaged");
  }
  std::ranges::sort(text.call_sites, {}, &CallSite::start);
  return {};
}

}  // namespace tenon::compiler
