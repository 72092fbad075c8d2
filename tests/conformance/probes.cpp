#include "probes.hpp"

#include <initializer_list>
#include <stdexcept>

namespace tenon::conformance {

namespace {

using wasm::Feature;
using Code = std::initializer_list<std::uint8_t>;

// Sections of less than 128 bytes, in the order of the format; an empty one is left out.
struct Probe {
  Code types = {1, 0x60, 0, 0};  // type 0: nothing to nothing
  Code memories = {1, 0, 1};
  Code tags = {};
  Code globals = {};
  Code exports = {};
  Code body = {};  // of function 0, without its end
};

void add_section(base::Bytes& out, std::uint8_t id, base::ByteView contents) {
  if (contents.empty()) return;
  out.push_back(id);
  out.push_back(static_cast<std::uint8_t>(contents.size()));
  out.insert(out.end(), contents.begin(), contents.end());
}

base::Bytes module_of(const Probe& probe) {
  base::Bytes out{0, 'a', 's', 'm', 1, 0, 0, 0};
  auto add = [&](std::uint8_t id, Code contents) {
    add_section(out, id, {contents.begin(), contents.size()});
  };
  add(1, probe.types);
  add(3, {1, 0});
  add(5, probe.memories);
  add(13, probe.tags);
  add(6, probe.globals);
  add(7, probe.exports);
  base::Bytes code{1, static_cast<std::uint8_t>(probe.body.size() + 2), 0};
  code.insert(code.end(), probe.body.begin(), probe.body.end());
  code.push_back(0x0B);
  add_section(out, 10, code);
  return out;
}

}  // namespace

base::Bytes probe_of(Feature feature) {
  switch (feature) {
    case Feature::mvp: return module_of({});
    case Feature::mutable_globals:
      return module_of({.globals = {1, 0x7F, 1, 0x41, 0, 0x0B}, .exports = {1, 1, 'g', 3, 0}});
    case Feature::sign_extension: return module_of({.body = {0x41, 0, 0xC0, 0x1A}});
    case Feature::saturating_conversion: return module_of({.body = {0x43, 0, 0, 0, 0, 0xFC, 0, 0x1A}});
    case Feature::multi_value:
      return module_of({.types = {2, 0x60, 0, 0, 0x60, 0, 2, 0x7F, 0x7F},
                        .body = {0x02, 1, 0x41, 0, 0x41, 0, 0x0B, 0x1A, 0x1A}});
    case Feature::bulk_memory: return module_of({.body = {0x41, 0, 0x41, 0, 0x41, 0, 0xFC, 0x0B, 0}});
    case Feature::reference_types: return module_of({.body = {0xD0, 0x70, 0x1A}});
    case Feature::simd: return module_of({.body = {0x41, 0, 0xFD, 0x0F, 0x1A}});  // i8x16.splat
    case Feature::relaxed_simd:
      return module_of({.body = {0x41, 0, 0xFD, 0x0F, 0x41, 0, 0xFD, 0x0F, 0xFD, 0x80, 0x02, 0x1A}});
    case Feature::tail_calls: return module_of({.body = {0x12, 0}});
    case Feature::extended_const: return module_of({.globals = {1, 0x7F, 0, 0x41, 1, 0x41, 2, 0x6A, 0x0B}});
    case Feature::threads:
      return module_of({.memories = {1, 3, 1, 1}, .body = {0x41, 0, 0xFE, 0x10, 2, 0, 0x1A}});
    case Feature::multi_memory: return module_of({.memories = {2, 0, 1, 0, 1}});
    case Feature::memory64: return module_of({.memories = {1, 4, 1}, .body = {0x42, 0, 0x28, 2, 0, 0x1A}});
    case Feature::exceptions:
      return module_of({.tags = {1, 0, 0}, .body = {0x1F, 0x40, 1, 2, 0, 0x08, 0, 0x0B}});
    case Feature::legacy_exceptions: return module_of({.body = {0x06, 0x40, 0x19, 0x0B}});
    case Feature::function_references: return module_of({.body = {0xD0, 0, 0x14, 0}});
    case Feature::gc: return module_of({.types = {2, 0x60, 0, 0, 0x5F, 0}});
  }
  throw std::runtime_error("no probe for " + std::string(to_string(feature)));
}

}  // namespace tenon::conformance
