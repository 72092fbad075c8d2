// tenon compile, tenon check: finds the compiler's own program and becomes it. This program
// stays small and free of LLVM; a production image needs no compiler.
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>

#include <unistd.h>

#include "verbs.hpp"

namespace tenon::tool {
namespace {

constexpr const char* kProgram = "tenon-compile";

bool is_program(const std::filesystem::path& path) { return access(path.c_str(), X_OK) == 0; }

std::optional<std::filesystem::path> find_in_path() {
  const char* variable = std::getenv("PATH");
  std::string_view rest = variable != nullptr ? variable : "";
  while (!rest.empty()) {
    const auto directory = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(directory.size() + 1, rest.size()));
    if (directory.empty()) continue;
    auto path = std::filesystem::path(directory) / kProgram;
    if (is_program(path)) return path;
  }
  return std::nullopt;
}

// The folder of this program comes first, so that a build tree uses its own.
std::optional<std::filesystem::path> find_compiler() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  if (!error) {
    for (const auto& path : {self / kProgram, self.parent_path() / "libexec" / "tenon" / kProgram}) {
      if (is_program(path)) return path;
    }
  }
  return find_in_path();
}

}  // namespace

int run_compiler(char** arguments) {
  const auto compiler = find_compiler();
  if (!compiler) {
    std::cerr << "tenon: compile: no " << kProgram
              << " beside this program, in ../libexec/tenon or in PATH; the compiler is installed on its "
                 "own: build "
                 "Tenon with -DTENON_BUILD_COMPILER=ON, or compile elsewhere and copy the .so here\n";
    return kFailed;
  }
  execv(compiler->c_str(), arguments);
  std::cerr << "tenon: compile: cannot run " << compiler->string() << ": " << std::strerror(errno) << '\n';
  return kFailed;
}

}  // namespace tenon::tool
