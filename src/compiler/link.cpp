// Linking with lld, in this process.
#include <fcntl.h>
#include <lld/Common/Driver.h>
#include <sys/mman.h>
#include <unistd.h>

#include <mutex>

#include "compiler/optimize.hpp"

#include "base/error.hpp"

LLD_HAS_DRIVER(elf)

namespace tenon::compiler {

namespace {

// A file without a name: lld reads and writes through /proc/self/fd, so that
// nothing is left behind and nothing of this machine gets into the artifact.
class MemoryFile {
 public:
  explicit MemoryFile(const char* name) : descriptor_(memfd_create(name, MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }
  [[nodiscard]] bool write(base::ByteView bytes) const {
    while (!bytes.empty()) {
      const auto count = ::write(descriptor_, bytes.data(), bytes.size());
      if (count <= 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return true;
  }
  [[nodiscard]] std::optional<base::Bytes> read_all() const {
    base::Bytes bytes(static_cast<std::size_t>(lseek(descriptor_, 0, SEEK_END)));
    std::size_t done = 0;
    while (done < bytes.size()) {
      const auto count = pread(descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
      if (count <= 0) return std::nullopt;
      done += static_cast<std::size_t>(count);
    }
    return bytes;
  }

 private:
  int descriptor_;
};

std::expected<void, Error> run_lld(const std::string& input, const std::string& output) {
  // lld keeps state of its own: one link at a time, and none after it said that
  // it cannot run again.
  static std::mutex mutex;
  static bool usable = true;
  std::scoped_lock lock(mutex);
  if (!usable) return base::fail(Phase::compile, ErrorCode::internal, "the linker failed before and cannot run again");
  const char* arguments[] = {"ld.lld",        "-shared",         "--no-undefined", "-Bsymbolic",
                             "--build-id=none", "--hash-style=gnu", "--eh-frame-hdr", "-znow",
                             "-znoexecstack", "--no-mmap-output-file", "-o",       output.c_str(),   input.c_str()};
  std::string messages;
  llvm::raw_string_ostream sink(messages);
  const lld::Result result =
      lld::lldMain(arguments, llvm::nulls(), sink, {{lld::Gnu, &lld::elf::link}});
  usable = result.canRunAgain;
  if (result.retCode == 0) return {};
  return base::fail(Phase::compile, ErrorCode::internal,
                    "linking failed: " + messages.substr(0, messages.find('\n')));
}

}  // namespace

std::expected<base::Bytes, Error> link_shared_object(base::ByteView object) {
  MemoryFile input("tenon-object");
  MemoryFile output("tenon-artifact");
  if (!input.is_open() || !output.is_open() || !input.write(object)) {
    return base::fail(Phase::compile, ErrorCode::out_of_resources, "no memory for a temporary object file");
  }
  if (auto linked = run_lld(input.path(), output.path()); !linked) return std::unexpected(linked.error());
  auto bytes = output.read_all();
  if (!bytes || bytes->empty()) {
    return base::fail(Phase::compile, ErrorCode::internal, "the linker wrote nothing");
  }
  return std::move(*bytes);
}

}  // namespace tenon::compiler
