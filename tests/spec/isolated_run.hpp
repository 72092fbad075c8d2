// One script in a process of its own: a crash or a hang is that script's
// failure, with the line that it had come to, and not the end of the run.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "compiler/compiler.hpp"
#include "contradicted.hpp"
#include "runner.hpp"
#include "suite.hpp"

namespace tenon::spec {

struct RunSettings {
  std::filesystem::path suite;
  std::filesystem::path artifacts;  // folder, shared by all scripts of the run
  std::filesystem::path work;       // folder for what is read once
  compiler::CompileOptions compile;
  Contradicted contradicted;
  unsigned timeout_s = 300;
};

struct FileResult {
  Tally tally;
  std::string failures;  // text, one paragraph each
  std::string notes;
};

class IsolatedRun {
 public:
  // Starts the child. Precondition: this process has one thread.
  IsolatedRun(const SuiteFile& file, const RunSettings& settings);

  [[nodiscard]] pid_t child() const { return child_; }
  [[nodiscard]] const SuiteFile& file() const { return file_; }
  // What the child did, once waitpid gave its status.
  [[nodiscard]] FileResult result(int wait_status) const;

 private:
  // Where the child is, in memory that both see, so that a crash loses nothing.
  struct Progress {
    std::uint32_t line = 0;
    bool finished = false;
    Tally tally;
  };
  struct Unmap {
    void operator()(Progress* progress) const;
  };

  void run_in_child(const RunSettings& settings);
  void report(const char* suffix, std::uint32_t line, const std::string& text) const;
  [[nodiscard]] std::string label() const { return file_.group + "/" + file_.name; }
  [[nodiscard]] std::string describe_end(int wait_status) const;

  SuiteFile file_;
  std::filesystem::path folder_;
  std::unique_ptr<Progress, Unmap> progress_;
  pid_t child_ = -1;
};

}  // namespace tenon::spec
