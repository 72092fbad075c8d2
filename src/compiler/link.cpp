// Linking with lld, in this process.
#include <lld/Common/Driver.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>

#include "compiler/optimize.hpp"

#include "base/error.hpp"

LLD_HAS_DRIVER(elf)

namespace tenon::compiler {

namespace {

// A directory of our own for lld's input and output, gone when done. lld puts a
// temporary file beside its output and renames it, so a file without a name
// (memfd) will not do.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::error_code error;
    auto pattern = (std::filesystem::temp_directory_path(error) / "tenon-link-XXXXXX").string();
    if (!error && mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (is_open()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] bool is_open() const { return !path_.empty(); }
  [[nodiscard]] std::string file(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

bool write_file(const std::string& path, base::ByteView bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  out.close();
  return out.good();
}

base::Bytes read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::expected<void, Error> run_lld(const std::vector<std::string>& inputs, const std::string& output) {
  // lld keeps state of its own: one link at a time, and none after it said that
  // it cannot run again.
  static std::mutex mutex;
  static bool usable = true;
  std::scoped_lock lock(mutex);
  if (!usable)
    return base::fail(Phase::compile, ErrorCode::internal, "the linker failed before and cannot run again");
  std::vector<const char*> arguments{"ld.lld",
                                     "-shared",
                                     "--no-undefined",
                                     "-Bsymbolic",
                                     "--build-id=none",
                                     "--hash-style=gnu",
                                     "--eh-frame-hdr",
                                     "-znow",
                                     "-znoexecstack",
                                     "--no-mmap-output-file",
                                     "-o",
                                     output.c_str()};
  for (const std::string& input : inputs) arguments.push_back(input.c_str());
  std::string messages;
  llvm::raw_string_ostream sink(messages);
  const lld::Result result = lld::lldMain(arguments, llvm::nulls(), sink, {{lld::Gnu, &lld::elf::link}});
  usable = result.canRunAgain;
  if (result.retCode == 0) return {};
  return base::fail(Phase::compile, ErrorCode::internal,
                    "linking failed: " + messages.substr(0, messages.find('\n')));
}

}  // namespace

std::expected<base::Bytes, Error> link_shared_object(const std::vector<base::Bytes>& objects) {
  const TemporaryDirectory directory;
  const std::string output = directory.file("module.so");
  std::vector<std::string> inputs;
  for (const auto& object : objects) {
    inputs.push_back(directory.file(("part" + std::to_string(inputs.size()) + ".o").c_str()));
    if (!directory.is_open() || !write_file(inputs.back(), object)) {
      return base::fail(Phase::compile, ErrorCode::io,
                        "cannot write a temporary object file; is there room in $TMPDIR, or else /tmp?");
    }
  }
  if (auto linked = run_lld(inputs, output); !linked) return std::unexpected(linked.error());
  auto bytes = read_file(output);
  if (bytes.empty()) return base::fail(Phase::compile, ErrorCode::io, "the linker wrote nothing");
  return bytes;
}

}  // namespace tenon::compiler
