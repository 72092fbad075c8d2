#include "contradicted.hpp"

#include <charconv>
#include <fstream>
#include <sstream>

namespace tenon::spec {

std::expected<Contradicted, std::string> Contradicted::read(const std::filesystem::path& path) {
  std::ifstream in(path);
  if (!in) return std::unexpected("cannot read " + path.string());
  Contradicted all;
  for (std::string text; std::getline(in, text);) {
    if (text.empty() || text.starts_with('#')) continue;
    std::istringstream fields(text);
    std::string file, line, reason;
    std::uint32_t number = 0;
    std::getline(fields, file, '\t');
    std::getline(fields, line, '\t');
    std::getline(fields, reason);
    const auto parsed = std::from_chars(line.data(), line.data() + line.size(), number);
    if (parsed.ec != std::errc() || reason.empty()) {
      return std::unexpected(path.string() + ": not a file, a line and a reason: " + text);
    }
    all.reasons_.insert_or_assign({file, number}, reason);
  }
  return all;
}

}  // namespace tenon::spec
