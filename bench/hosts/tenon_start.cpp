// What it takes to have an instance: tenon-start ARTIFACT.so COUNT
//
// prints, as JSON, the microseconds to open the artifact and define its imports,
// for the first and for a later instance, and the resident KiB of each of COUNT
// instances. All share their imports, which answer zero.
#include <tenon/tenon.hpp>

#include <fstream>
#include <optional>
#include <vector>

#include "measure.hpp"

namespace {

template <typename T>
T require(std::expected<T, tenon::Error> outcome) {
  if (!outcome) bench::fail(tenon::to_string(outcome.error()));
  return std::move(*outcome);
}

// Resident pages of this process, in KiB (proc(5), statm).
double resident() {
  std::ifstream statm("/proc/self/statm");
  double total = 0, pages = 0;
  statm >> total >> pages;
  return pages * 4;
}

struct Opened {
  tenon::Module module;
  tenon::Imports imports;
};

Opened open(const char* path) {
  Opened opened{require(tenon::Module::load(path)), {}};
  opened.imports.unknown(tenon::UnknownImports::zero);
  return opened;
}

tenon::Store instantiate(const Opened& opened) {
  tenon::Store store;
  require(store.instantiate(opened.module, opened.imports));
  return store;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) bench::fail("usage: tenon-start ARTIFACT.so COUNT");
  const std::uint32_t count = bench::parse_count(argv[2]);
  std::optional<Opened> opened;
  const double open_time = bench::seconds([&] { opened.emplace(open(argv[1])); });
  const double first = bench::seconds([&] { instantiate(*opened); });
  const double cycles = bench::seconds([&] {
    for (std::uint32_t i = 0; i < count; ++i) instantiate(*opened);
  });
  std::vector<tenon::Store> stores;
  stores.reserve(count);
  const double before = resident();
  const double rest = bench::seconds([&] {
    for (std::uint32_t i = 0; i < count; ++i) stores.push_back(instantiate(*opened));
  });
  std::printf(
      R"({"open_us": %.2f, "first_us": %.2f, "cycle_us": %.2f, "next_us": %.2f, "resident_kib": %.2f})"
      "\n",
      open_time * 1e6, first * 1e6, cycles / count * 1e6, rest / count * 1e6, (resident() - before) / count);
}
