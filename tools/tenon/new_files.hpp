// The files of new projects, from sdk/new and the SDKs (cmake/embed.cmake).
#pragma once

#include <string_view>
#include <vector>

namespace tenon::tool {

struct NewFile {
  std::string_view language;  // "c"
  std::string_view path;      // in the project
  std::string_view contents;
};

[[nodiscard]] const std::vector<NewFile>& new_files();

}  // namespace tenon::tool
