// What docs/conformance.md says of proposals and operators, made from the code:
// from the table of operators, from the features, and by compiling a module that
// uses each proposal.
//
//   conformance FILE.md            exit status 1 where the file says something else
//   conformance --write FILE.md    brings the file up to date
//
// Only what stands between "<!-- made by tests/conformance: NAME -->" and
// "<!-- end -->" is made; the rest of the file is prose.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>
#include <vector>

#include "compiler/compiler.hpp"
#include "probes.hpp"
#include "wasm/operator.hpp"

namespace {

using namespace tenon;
using wasm::Feature;

std::vector<Feature> all_features() {
  std::vector<Feature> all;
  for (std::size_t i = 0; i < wasm::kFeatureCount; ++i) all.push_back(static_cast<Feature>(i));
  return all;
}

std::string status_of(Feature feature) {
  compiler::CompileOptions options{.optimization_level = 0};
  for (const Feature any : all_features()) options.features.enable(any);
  const auto compiled = compiler::compile(conformance::probe_of(feature), options);
  if (compiled) return "compiled";
  const Error& error = compiled.error();
  if (error.code == ErrorCode::malformed) return "not read";
  if (error.code != ErrorCode::unsupported) return "BROKEN: " + to_string(error);
  // Which function and byte is of no interest here.
  const std::string message = error.message.substr(0, error.message.find_first_of(",:"));
  return (error.phase == Phase::compile ? "read and validated, but: " : "refused: ") + message;
}

std::string enabled_by(Feature feature) {
  if (wasm::webassembly2_features().has(feature)) return "2.0";
  return wasm::default_features().has(feature) ? "on" : "off";
}

std::string proposals() {
  std::ostringstream out;
  out << "| Proposal | Operators | By default | Status |\n| --- | --- | --- | --- |\n";
  for (const Feature feature : all_features()) {
    const auto count = std::ranges::count(wasm::all_opcodes(), feature, &wasm::OpcodeInfo::feature);
    out << "| `" << to_string(feature) << "` | " << (count == 0 ? "" : std::to_string(count)) << " | "
        << enabled_by(feature) << " | " << status_of(feature) << " |\n";
  }
  return out.str();
}

// "i32" of "i32.add"; control, locals and the like have no prefix in their names.
std::string family_of(const wasm::OpcodeInfo& info) {
  const auto dot = info.text.find('.');
  if (info.text.contains("atomic")) return "atomics";
  if (dot == std::string_view::npos) return "control and parametric";
  const auto prefix = info.text.substr(0, dot);
  if (prefix == "local" || prefix == "global") return "locals and globals";
  if (prefix == "memory" || prefix == "data") return "memory";
  if (prefix == "table" || prefix == "elem") return "tables";
  if (prefix == "ref") return "references";
  return "`" + std::string(prefix) + "`";
}

std::string operators() {
  struct Family {
    std::string name;
    std::vector<Feature> features;
    unsigned count = 0;
  };
  std::vector<Family> families;
  for (const auto& info : wasm::all_opcodes()) {
    const auto name = family_of(info);
    auto family = std::ranges::find(families, name, &Family::name);
    if (family == families.end()) family = families.insert(family, {.name = name});
    ++family->count;
    if (info.feature != Feature::mvp && std::ranges::count(family->features, info.feature) == 0) {
      family->features.push_back(info.feature);
    }
  }
  std::ostringstream out;
  out << "| Family | Operators | Of these proposals, too |\n| --- | --- | --- |\n";
  for (const Family& family : families) {
    out << "| " << family.name << " | " << family.count << " | ";
    for (std::size_t i = 0; i < family.features.size(); ++i) {
      out << (i > 0 ? ", " : "") << '`' << to_string(family.features[i]) << '`';
    }
    out << " |\n";
  }
  out << "| all | " << wasm::all_opcodes().size() << " | |\n";
  return out.str();
}

// The file with the made part of that name replaced.
std::string replace_part(std::string text, const std::string& name, const std::string& part) {
  const std::string begin = "<!-- made by tests/conformance: " + name + " -->\n";
  const auto at = text.find(begin);
  const auto end = at == std::string::npos ? at : text.find("<!-- end -->", at);
  if (end == std::string::npos) throw std::runtime_error("the file has no place for \"" + name + "\"");
  return text.replace(at + begin.size(), end - at - begin.size(), "\n" + part + "\n");
}

int run(const std::string& path, bool write) {
  std::ifstream in(path);
  const std::string old{std::istreambuf_iterator<char>(in), {}};
  std::string text = replace_part(old, "proposals", proposals());
  text = replace_part(std::move(text), "operators", operators());
  if (text.contains("BROKEN")) {
    std::cerr << "conformance: a probe does not do what it is for\n" << proposals();
    return 1;
  }
  if (write) return std::ofstream(path) << text, 0;
  if (text == old) return 0;
  std::cerr << "conformance: " << path << " is out of date; run `make conformance`. It should say:\n"
            << proposals() << operators();
  return 1;
}

}  // namespace

int main(int count, char** values) {
  const bool write = count == 3 && std::string_view(values[1]) == "--write";
  if (count != (write ? 3 : 2)) {
    std::cerr << "usage: conformance [--write] FILE.md\n";
    return 2;
  }
  try {
    return run(values[count - 1], write);
  } catch (const std::exception& error) {
    std::cerr << "conformance: " << error.what() << '\n';
    return 1;
  }
}
