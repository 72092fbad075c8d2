// What it takes to have an instance: tenon-start ARTIFACT.so COUNT
//
// prints, as JSON, the microseconds to open the artifact and for the first and
// a later instance, and the resident KiB of each of COUNT instances, all
// imports that are no part of WASI answered with zeros.
#include <tenon/tenon.hpp>
#include <tenon/wasi.hpp>

#include <fstream>
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

tenon::Store instantiate(const tenon::Module& module) {
  tenon::Imports imports;
  tenon::add_wasi(imports, {});
  imports.unknown(tenon::UnknownImports::zero);
  tenon::Store store;
  require(store.instantiate(module, imports));
  return store;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) bench::fail("usage: tenon-start ARTIFACT.so COUNT");
  const std::uint32_t count = bench::parse_count(argv[2]);
  std::expected<tenon::Module, tenon::Error> module = std::unexpected(tenon::Error{});
  const double open = bench::seconds([&] { module = tenon::Module::load(argv[1]); });
  const auto loaded = require(std::move(module));
  const double first = bench::seconds([&] { instantiate(loaded); });
  std::vector<tenon::Store> stores;
  stores.reserve(count);
  const double before = resident();
  const double rest = bench::seconds([&] {
    for (std::uint32_t i = 0; i < count; ++i) stores.push_back(instantiate(loaded));
  });
  std::printf(R"({"open_us": %.2f, "first_us": %.2f, "next_us": %.2f, "resident_kib": %.2f})"
              "\n",
              open * 1e6, first * 1e6, rest / count * 1e6, (resident() - before) / count);
}
