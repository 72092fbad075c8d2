#include "report.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>

#include <nlohmann/json.hpp>

namespace tenon::spec {

namespace {

std::string words(const Tally& tally) {
  return std::to_string(tally.passed) + " passed, " + std::to_string(tally.failed) + " failed, " +
         std::to_string(tally.skipped + tally.contradicted) + " skipped";
}

// Why some were set aside.
std::string reasons(const Tally& tally) {
  std::string why;
  if (tally.skipped > 0) why = "text";
  if (tally.contradicted > 0) {
    why += (why.empty() ? "" : ", ") + std::to_string(tally.contradicted) + " contradicted";
  }
  return why.empty() ? "" : " (" + why + ")";
}

void add(Tally& sum, const Tally& tally) {
  sum.passed += tally.passed;
  sum.failed += tally.failed;
  sum.skipped += tally.skipped;
  sum.contradicted += tally.contradicted;
}

nlohmann::json to_json(const Tally& tally) {
  return {{"passed", tally.passed},
          {"failed", tally.failed},
          {"skipped", tally.skipped + tally.contradicted},
          {"text", tally.skipped},
          {"contradicted", tally.contradicted}};
}

}  // namespace

Report::Group& Report::group_of(const SuiteFile& file) {
  const auto found = std::ranges::find(groups_, file.group, &Group::name);
  if (found != groups_.end()) return *found;
  return groups_.emplace_back(Group{.name = file.group});
}

Report::Group Report::totals() const {
  Group all{.name = "all"};
  for (const Group& group : groups_) {
    all.files += group.files;
    all.unconvertible += group.unconvertible;
    spec::add(all.tally, group.tally);
  }
  return all;
}

void Report::add(const SuiteFile& file, const FileResult& result) {
  Group& group = group_of(file);
  ++group.files;
  spec::add(group.tally, result.tally);
  files_.push_back({file, result});
  if (style_.json) return;
  std::cout << file.group << '/' << file.name << ": " << words(result.tally) << reasons(result.tally) << '\n'
            << result.failures;
  if (style_.verbose) std::cout << result.notes;
  std::cout << std::flush;
}

void Report::add_unconvertible(const SuiteFile& file) {
  Group& group = group_of(file);
  ++group.files;
  ++group.unconvertible;
  if (!style_.json) std::cout << file.group << '/' << file.name << ": not run: wast2json cannot read it\n";
}

void Report::print_table() const {
  std::printf("\n%-20s %6s %8s %8s   set aside: %6s %13s %17s\n", "proposal", "files", "hold", "fail", "text",
              "contradicted", "files not read");
  auto print = [](const Group& group) {
    std::printf("%-20s %6u %8u %8u %18u %13u %17u\n", group.name.c_str(), group.files, group.tally.passed,
                group.tally.failed, group.tally.skipped, group.tally.contradicted, group.unconvertible);
  };
  for (const Group& group : groups_) print(group);
  print(totals());
  std::printf("\n");
  std::fflush(stdout);
}

nlohmann::json Report::to_json() const {
  nlohmann::json files = nlohmann::json::array();
  for (const auto& [file, result] : files_) {
    auto line = spec::to_json(result.tally);
    line["file"] = file.group + "/" + file.name;
    line["failures"] = result.failures;
    files.push_back(std::move(line));
  }
  auto group_line = [](const Group& group) {
    auto line = spec::to_json(group.tally);
    line["proposal"] = group.name;
    line["files"] = group.files;
    line["files_not_read"] = group.unconvertible;
    return line;
  };
  nlohmann::json groups = nlohmann::json::array();
  for (const Group& group : groups_) groups.push_back(group_line(group));
  auto all = spec::to_json(totals().tally);
  all["files"] = std::move(files);
  all["proposals"] = std::move(groups);
  return all;
}

void Report::finish() {
  if (style_.json) {
    std::cout << to_json().dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    return;
  }
  print_table();
  std::cout << words(totals().tally) << '\n';
}

}  // namespace tenon::spec
