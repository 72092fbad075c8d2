// tenon new: a project for a plugin in some language, which builds and is tested as it is.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>

#include "base/utf8.hpp"
#include "new_files.hpp"
#include "verbs.hpp"

namespace tenon::tool {
namespace {

namespace fs = std::filesystem;

std::set<std::string> languages() {
  std::set<std::string> all;
  for (const NewFile& file : new_files()) all.emplace(file.language);
  return all;
}

int cannot_make(const fs::path& path, const std::string& why) {
  return failed("new", "cannot make " + base::printable(path.string(), 4096) + ": " + why);
}

// Never over what is there.
int write_project(const std::string& language, const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return cannot_make(folder, error.message());
  if (!fs::is_empty(folder, error) || error)
    return cannot_make(folder, error ? error.message() : "it is there, and not empty");
  for (const NewFile& file : new_files()) {
    if (file.language != language) continue;
    const fs::path path = folder / file.path;
    fs::create_directories(path.parent_path(), error);
    std::ofstream out(path, std::ios::binary);
    out << file.contents << std::flush;
    if (!out) return cannot_make(path, std::strerror(errno));
  }
  std::cout << "A plugin is in " << base::printable(folder.string(), 4096) << ". Next:\n"
            << "  cd " << base::printable(folder.string(), 4096) << "\n"
            << "  make         # build/plugin.wasm\n"
            << "  make test    # compiles it to native code, and calls it\n";
  return kOk;
}

}  // namespace

void add_new(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("new", "Make a project for a plugin, in the language of your choice");
  auto language = std::make_shared<std::string>();
  auto folder = std::make_shared<std::string>();
  verb->add_option("LANGUAGE", *language, "assemblyscript, c or cpp")
      ->required()
      ->check(CLI::IsMember(languages()));
  verb->add_option("DIR", *folder, "a new folder, or an empty one")->required();
  verb->footer(
      "The plugin's transform answers KEY: PAYLOAD. `make` builds it with the language's own tools, `make "
      "test` runs it.\n\n"
      "Examples:\n"
      "  tenon new assemblyscript greeter\n"
      "  tenon new cpp plugins/greeter");
  verb->callback([language, folder, &action] {
    action = [language, folder](const std::vector<std::string>& rest) {
      return rest.empty() ? write_project(*language, *folder) : usage_error("new takes nothing after --");
    };
  });
}

}  // namespace tenon::tool
