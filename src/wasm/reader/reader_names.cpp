// The name section (core specification, section 7.4.1). Names help people; a
// module with broken ones runs just as well, so nothing here is an error.
#include "base/utf8.hpp"
#include "wasm/limits.hpp"
#include "wasm/reader/reader.hpp"

namespace tenon::wasm {
namespace {

constexpr std::uint8_t kModuleName = 0;
constexpr std::uint8_t kFunctionNames = 1;

using FunctionNames = std::vector<std::pair<std::uint32_t, std::string>>;

bool is_usable(std::string_view name) {
  return name.size() <= kMaxNameBytes && !base::find_invalid_utf8(name);
}

std::optional<std::string_view> read_name(base::ByteReader& in) {
  const auto size = in.leb_u32();
  if (!size) return std::nullopt;
  const auto bytes = in.take(*size);
  if (!bytes) return std::nullopt;
  return base::as_text(*bytes);
}

// Nothing at all where the map is broken: its names may then belong to others.
// A single name that is no text is skipped.
FunctionNames read_name_map(base::ByteReader in, std::size_t functions) {
  FunctionNames names;
  const auto count = in.leb_u32();
  for (std::uint32_t i = 0; count && i < *count; ++i) {
    const auto index = in.leb_u32();
    const auto name = index ? read_name(in) : std::nullopt;
    const bool ascends = index && (names.empty() || *index > names.back().first);
    if (!name || !ascends || *index >= functions) return {};
    if (is_usable(*name)) names.emplace_back(*index, *name);
  }
  return names;
}

}  // namespace

void read_names(base::ByteView contents, Module& module) {
  base::ByteReader in(contents);
  while (!in.at_end()) {
    const auto id = in.u8();
    const auto size = in.leb_u32();
    const auto subsection = size ? in.take(*size) : std::nullopt;
    if (!subsection) return;
    base::ByteReader inner(*subsection);
    if (*id == kModuleName) {
      const auto name = read_name(inner);
      if (name && is_usable(*name)) module.name = *name;
    } else if (*id == kFunctionNames) {
      module.function_names = read_name_map(inner, module.functions.size());
    }
  }
}

}  // namespace tenon::wasm
