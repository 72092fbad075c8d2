#include "suite.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace tenon::spec {

namespace {

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, separator);) fields.push_back(field);
  return fields;
}

SuiteFile read_line(const std::vector<std::string>& fields) {
  SuiteFile file{.group = fields[0], .name = fields[1]};
  const std::string& flags = fields[3];
  file.converts = flags != "DOES-NOT-CONVERT";
  if (flags != "-" && file.converts) file.converter_flags = split(flags, ' ');
  if (file.converts) file.assertions = static_cast<std::uint32_t>(std::stoul(fields[4]));
  return file;
}

bool is_selected(const SuiteFile& file, const Selection& selection) {
  const auto& groups = selection.groups;
  if (!groups.empty() && std::ranges::find(groups, file.group) == groups.end()) return false;
  for (const auto& prefix : selection.excluded_prefixes) {
    if (file.name.starts_with(prefix)) return false;
  }
  return selection.glob.empty() || fnmatch(selection.glob.c_str(), file.name.c_str(), 0) == 0;
}

}  // namespace

std::expected<std::vector<SuiteFile>, std::string> read_manifest(const std::filesystem::path& path) {
  std::ifstream in(path);
  if (!in) return std::unexpected("cannot read " + path.string());
  std::vector<SuiteFile> files;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto fields = split(line, '\t');
    if (fields.size() < 5) return std::unexpected(path.string() + ": not a manifest line: " + line);
    files.push_back(read_line(fields));
  }
  return files;
}

std::vector<SuiteFile> select(const std::vector<SuiteFile>& files, const Selection& selection) {
  std::vector<SuiteFile> selected;
  std::ranges::copy_if(files, std::back_inserter(selected),
                       [&](const SuiteFile& file) { return is_selected(file, selection); });
  return selected;
}

}  // namespace tenon::spec
