// What a run of the suite found: a line for each file, then a table with a row
// for each proposal, then the totals.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "isolated_run.hpp"
#include "suite.hpp"

namespace tenon::spec {

class Report {
 public:
  struct Style {
    bool json = false;     // all as one object, at the end
    bool verbose = false;  // also refusals in another phase than the suite's
  };
  explicit Report(Style style) : style_(style) {}

  void add(const SuiteFile& file, const FileResult& result);
  void add_unconvertible(const SuiteFile& file);
  void finish();

  [[nodiscard]] bool all_passed() const { return totals().tally.failed == 0; }

 private:
  struct FileLine {
    SuiteFile file;
    FileResult result;
  };
  struct Group {
    std::string name;
    std::uint32_t files = 0;
    std::uint32_t unconvertible = 0;  // files
    Tally tally;
  };

  Group& group_of(const SuiteFile& file);
  [[nodiscard]] Group totals() const;
  [[nodiscard]] nlohmann::json to_json() const;
  void print_table() const;

  Style style_;
  std::vector<Group> groups_;
  std::vector<FileLine> files_;  // as they ended
};

}  // namespace tenon::spec
