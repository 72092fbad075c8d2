#include "compile_in_child.hpp"

#include "base/error.hpp"
#include "base/sha256.hpp"
#include "check.hpp"
#include "contained.hpp"

namespace tenon::tools {

namespace {

std::expected<Made, Error> compile(base::ByteView wasm, const compiler::CompileOptions& options,
                                   bool reads_back) {
  auto result = compiler::compile(wasm, options);
  if (!result) return std::unexpected(result.error());
  Made made{.report = {{"source_sha256", base::to_hex(result->note.info.source_sha256)},
                       {"producer", result->note.info.producer},
                       {"remarks", result->remarks}},
            .bytes = std::move(result->bytes)};
  if (!reads_back) return made;
  const auto checked = compiler::check_artifact(made.bytes);
  if (!checked) return std::unexpected(checked.error());
  made.report["check"] = to_json(*checked);
  return made;
}

}  // namespace

std::expected<Compiled, Error> compile_in_child(base::ByteView wasm, compiler::CompileOptions options,
                                                const ChildLimits& limits, const std::string& name,
                                                bool reads_back, MakeProgress make_progress) {
  const auto run = [&](int messages) {
    options.progress = make_progress(messages);
    auto made = compile(wasm, options, reads_back);
    options.progress = nullptr;
    if (!made) made.error().message = name + ": " + made.error().message;  // the library does not know it
    return made;
  };
  auto made = run_in_child({.name = name,
                            .input_bytes = wasm.size(),
                            .who = "the code generator",
                            .advice = "try -O0 or another level, and report it with the module",
                            .phase = Phase::compile,
                            .run = run},
                           limits);
  if (!made) return std::unexpected(made.error());
  return Compiled{.bytes = std::move(made->bytes),
                  .source_sha256 = made->report["source_sha256"],
                  .producer = made->report["producer"],
                  .remarks = made->report["remarks"],
                  .check = made->report.value("check", nlohmann::json())};
}

}  // namespace tenon::tools
