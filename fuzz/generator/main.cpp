// Writes generated modules to files, and their paths to standard output:
//
//   generate_modules --out FOLDER [--seed 1] [--first 0] [--count 1]
//
// FOLDER/SEED-NUMBER.wasm, and beside it SEED-NUMBER.first.wasm where it imports
// from another instance.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "generate.hpp"
#include "support/process.hpp"

int main(int argc, char** argv) {
  std::filesystem::path folder;
  std::uint64_t seed = 1, first = 0, count = 1;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view option = argv[i];
    const std::uint64_t number = std::strtoull(argv[i + 1], nullptr, 10);
    if (option == "--out") folder = argv[i + 1];
    if (option == "--seed") seed = number;
    if (option == "--first") first = number;
    if (option == "--count") count = number;
  }
  if (folder.empty()) {
    std::fprintf(stderr, "usage: %s --out FOLDER [--seed N] [--first N] [--count N]\n", argv[0]);
    return 2;
  }
  for (std::uint64_t number = first; number < first + count; ++number) {
    const auto modules = tenon::fuzz::generate(seed, number);
    const std::string stem = std::to_string(seed) + "-" + std::to_string(number);
    const auto path = folder / (stem + ".wasm");
    if (!tenon::tests::write_file(path, modules.second)) return 1;
    if (!modules.first.empty()) tenon::tests::write_file(folder / (stem + ".first.wasm"), modules.first);
    std::printf("%s\n", path.c_str());
  }
}
