// Which files there are: the suite folder's MANIFEST.txt.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <vector>

namespace tenon::spec {

struct SuiteFile {
  std::string group;                         // "core2"
  std::string name;                          // "address.wast"
  std::vector<std::string> converter_flags;  // for wast2json
  bool converts = true;                      // false: this wast2json cannot read it
  std::uint32_t assertions = 0;              // as the manifest counted them
};

// Which of them to run. An empty list or pattern selects all.
struct Selection {
  std::vector<std::string> groups;
  std::vector<std::string> excluded_prefixes;
  std::string glob;  // of the file's name
};

// The manifest's lines, in its order: tab-separated group, file, commit,
// flags ("-" for none), assertions, …; '#' begins a comment.
[[nodiscard]] std::expected<std::vector<SuiteFile>, std::string> read_manifest(
    const std::filesystem::path& path);
[[nodiscard]] std::vector<SuiteFile> select(const std::vector<SuiteFile>& files, const Selection& selection);

}  // namespace tenon::spec
