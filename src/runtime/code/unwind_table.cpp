#include "runtime/code/unwind_table.hpp"

#include <cstring>
#include <string_view>

#include "runtime/code/frame_program.hpp"

namespace tenon::runtime {
namespace {

// How an address is written (Linux Standard Base, "DWARF Exception Header
// Encoding"): a format in the low four bits, what it is relative to in the next
// three.
enum : std::uint8_t {
  kUleb = 0x01,
  kU4 = 0x03,
  kU8 = 0x04,
  kS4 = 0x0B,
  kS8 = 0x0C,
  kFormat = 0x0F,
  kRelativeToItself = 0x10,
  kRelativeToHeader = 0x30,
  kIndirect = 0x80,
  kOmitted = 0xFF,
};

// Reads from memory that starts at a known address.
class Reader {
 public:
  Reader(base::ByteView bytes, std::uint64_t address) : in(bytes), address_(address) {}

  [[nodiscard]] std::uint64_t address() const { return address_ + in.position(); }

  std::optional<std::uint64_t> encoded(std::uint8_t encoding) {
    const std::uint64_t base = (encoding & 0x70) == kRelativeToItself ? address() : 0;
    const auto value = plain(encoding & kFormat);
    return value ? std::optional(base + *value) : std::nullopt;
  }

  base::ByteReader in;

 private:
  std::optional<std::uint64_t> plain(std::uint8_t format) {
    switch (format) {
      case 0:
      case kS8:
      case kU8: return in.fixed<std::uint64_t>();
      case kUleb: return in.leb_u64();
      case kU4: return in.fixed<std::uint32_t>();
      case kS4: {
        const auto value = in.fixed<std::int32_t>();
        return value ? std::optional(static_cast<std::uint64_t>(std::int64_t{*value})) : std::nullopt;
      }
      default: return std::nullopt;
    }
  }

  std::uint64_t address_;
};

struct SortedEntry {
  std::int32_t function, description;
};

}  // namespace

// What the tables say of one function.
struct UnwindTable::Function {
  std::uint64_t begin = 0, size = 0;
  std::uint64_t handlers = 0;  // address of its part of .gcc_except_table, or 0
  std::uint64_t code_alignment = 1;
  std::int64_t data_alignment = -8;
  std::uint8_t address_encoding = 0, handlers_encoding = kOmitted;
  base::ByteView common_instructions, instructions;
};

UnwindTable::UnwindTable(const ElfMapping& mapping) : mapping_(&mapping), header_(mapping.unwind_header()) {
  if (header_ == 0) return;
  Reader reader(bytes_at(header_), header_);
  constexpr std::uint8_t kVersion = 1;
  const auto fixed = reader.in.fixed<std::uint32_t>();  // version, then three encodings
  if (!fixed || (*fixed & 0xFF) != kVersion || (*fixed >> 24) != (kRelativeToHeader | kS4)) return;
  if (!reader.encoded(static_cast<std::uint8_t>(*fixed >> 8))) return;
  const auto count = reader.encoded(static_cast<std::uint8_t>(*fixed >> 16));
  if (!count || *count > reader.in.remaining() / sizeof(SortedEntry)) return;
  sorted_entries_ = *reader.in.take(*count * sizeof(SortedEntry));
}

base::ByteView UnwindTable::bytes_at(std::uint64_t address) const {
  return {reinterpret_cast<const std::uint8_t*>(address), mapping_->bytes_after(address)};
}

std::optional<UnwindTable::Frame> UnwindTable::look_up(const FrameRegisters& at) const {
  // The return address may lie past the end of a function that ends in a call.
  const std::uint64_t call = at.pc - 1;
  const auto description = find_description(call);
  const auto function = description ? read_description(*description) : std::nullopt;
  if (!function || call - function->begin >= function->size) return std::nullopt;
  FrameProgram program(function->code_alignment, function->data_alignment);
  if (!program.run_common(function->common_instructions) ||
      !program.run(function->instructions, call - function->begin)) {
    return std::nullopt;
  }
  return Frame{.landing_pad = find_landing_pad(*function, call),
               .landing_sp = at.sp + program.pushed_arguments(),
               .caller = program.caller_of(at)};
}

// The description of the last function that begins at or before an address.
std::optional<std::uint64_t> UnwindTable::find_description(std::uint64_t pc) const {
  auto entry = [&](std::size_t i) {
    SortedEntry result;
    std::memcpy(&result, sorted_entries_.data() + i * sizeof(SortedEntry), sizeof(SortedEntry));
    return result;
  };
  const auto wanted = static_cast<std::int64_t>(pc - header_);
  std::size_t low = 0, high = sorted_entries_.size() / sizeof(SortedEntry);
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    entry(middle).function <= wanted ? low = middle + 1 : high = middle;
  }
  if (low == 0) return std::nullopt;
  return header_ + static_cast<std::uint64_t>(std::int64_t{entry(low - 1).description});
}

// A frame description entry, and the common information entry that it names.
std::optional<UnwindTable::Function> UnwindTable::read_description(std::uint64_t address) const {
  Reader outer(bytes_at(address), address);
  const auto size = outer.in.fixed<std::uint32_t>();
  const auto content = size ? outer.in.take(*size) : std::nullopt;
  if (!content) return std::nullopt;
  const std::uint64_t start = address + sizeof(std::uint32_t);
  Reader reader(*content, start);
  const auto common_distance = reader.in.fixed<std::uint32_t>();
  Function function;
  if (!common_distance || !read_common(start - *common_distance, function)) return std::nullopt;
  const auto begin = reader.encoded(function.address_encoding);
  const auto length = reader.encoded(function.address_encoding & kFormat);
  const auto augmentation_size = reader.in.leb_u64();
  if (!begin || !length || !augmentation_size) return std::nullopt;
  function.begin = *begin;
  function.size = *length;
  Reader augmentation(reader.in.unread(), reader.address());
  if (!reader.in.take(*augmentation_size)) return std::nullopt;
  if (function.handlers_encoding != kOmitted) {
    const std::uint64_t place = augmentation.address();
    const auto handlers = augmentation.encoded(function.handlers_encoding);
    if (!handlers) return std::nullopt;
    // A function without handlers has zero here, which relative to itself is the place.
    function.handlers = *handlers == place ? 0 : *handlers;
  }
  function.instructions = reader.in.unread();
  return function;
}

bool UnwindTable::read_common(std::uint64_t address, Function& out) const {
  Reader outer(bytes_at(address), address);
  const auto size = outer.in.fixed<std::uint32_t>();
  const auto content = size ? outer.in.take(*size) : std::nullopt;
  if (!content) return false;
  Reader reader(*content, address + sizeof(std::uint32_t));
  constexpr std::uint8_t kVersion = 1;
  const auto id = reader.in.fixed<std::uint32_t>();
  const auto version = reader.in.u8();
  if (!id || *id != 0 || !version || *version != kVersion) return false;
  std::string_view augmentation(reinterpret_cast<const char*>(reader.in.unread().data()),
                                reader.in.remaining());
  augmentation = augmentation.substr(0, augmentation.find('\0'));
  if (!augmentation.starts_with('z') || !reader.in.take(augmentation.size() + 1)) return false;
  const auto code_alignment = reader.in.leb_u64();
  const auto data_alignment = reader.in.leb_s64();
  if (!code_alignment || !data_alignment || !reader.in.leb_u64() || !reader.in.leb_u64()) return false;
  out.code_alignment = *code_alignment;
  out.data_alignment = *data_alignment;
  for (const char letter : augmentation.substr(1)) {
    const auto encoding = letter == 'S' ? std::optional<std::uint8_t>(0) : reader.in.u8();
    if (!encoding) return false;
    if (letter == 'R') out.address_encoding = *encoding;
    if (letter == 'L') out.handlers_encoding = *encoding;
    if (letter == 'P' && !reader.encoded(*encoding & ~kIndirect)) return false;  // its code never runs
  }
  out.common_instructions = reader.in.unread();
  return true;
}

// The landing pad of the call site that an address lies in; 0 if there is none.
std::uint64_t UnwindTable::find_landing_pad(const Function& function, std::uint64_t pc) const {
  if (function.handlers == 0) return 0;
  Reader reader(bytes_at(function.handlers), function.handlers);
  const auto start_encoding = reader.in.u8();
  if (!start_encoding) return 0;
  const auto start =
      *start_encoding == kOmitted ? std::optional(function.begin) : reader.encoded(*start_encoding);
  const auto types_encoding = reader.in.u8();
  if (!start || !types_encoding || (*types_encoding != kOmitted && !reader.in.leb_u64())) return 0;
  const auto encoding = reader.in.u8();
  const auto size = reader.in.leb_u64();
  const auto sites = size ? reader.in.take(*size) : std::nullopt;
  if (!encoding || !sites) return 0;
  Reader site(*sites, 0);
  while (!site.in.at_end()) {
    const auto begin = site.encoded(*encoding), length = site.encoded(*encoding),
               landing_pad = site.encoded(*encoding), action = site.in.leb_u64();
    if (!begin || !length || !landing_pad || !action) return 0;
    if (pc - function.begin - *begin < *length) return *landing_pad == 0 ? 0 : *start + *landing_pad;
  }
  return 0;
}

}  // namespace tenon::runtime
