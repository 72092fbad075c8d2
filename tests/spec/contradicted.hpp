// The suite's assertions that a later version of WebAssembly contradicts, with
// the reason for each: contradicted.tsv.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

namespace tenon::spec {

class Contradicted {
 public:
  // Tab-separated group/file, line, reason; '#' begins a comment.
  [[nodiscard]] static std::expected<Contradicted, std::string> read(const std::filesystem::path& path);

  [[nodiscard]] bool contains(const std::string& file, std::uint32_t line) const {
    return reasons_.contains({file, line});
  }

 private:
  std::map<std::pair<std::string, std::uint32_t>, std::string> reasons_;
};

}  // namespace tenon::spec
