#include "compiler/emit/link.hpp"

// Linking with lld, in this process.
//
// Where lld writes to a file it first makes a temporary one beside it and asks LLVM
// to delete that should a signal come, for which LLVM takes over the process's
// handlers and this thread's signal stack, for good. Those are the host's, or the
// runtime's, whose guests trap by signals. A pipe needs no temporary file. So lld
// writes to a pipe and reads from a file without a name, and nothing of it is left
// on any disk either, whatever ends the process.
#include <lld/Common/Driver.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <thread>
#include <utility>

#include "base/error.hpp"

LLD_HAS_DRIVER(elf)

namespace tenon::compiler {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }
  [[nodiscard]] int get() const { return number_; }
  // A name to open what it stands for by, once more.
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(number_); }

 private:
  int number_;
};

bool write_all(int descriptor, base::ByteView bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

base::ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// The header of a member of an archive: name, date, user, group, mode and size in
// columns. All but the size stay the same, so that the artifact does.
std::string member_header(std::size_t size) {
  const std::string digits = std::to_string(size);
  return "part.o/         0           0     0     644     " + digits + std::string(10 - digits.size(), ' ') +
         "`\n";
}

// All objects in one file: a large module has more of them than a process may have files open.
Descriptor write_archive(const std::vector<base::Bytes>& objects) {
  constexpr std::string_view kMagic = "!<arch>\n", kPadding = "\n";
  Descriptor file(memfd_create("tenon-objects", MFD_CLOEXEC));
  bool written = file.get() >= 0 && write_all(file.get(), bytes_of(kMagic));
  for (const auto& object : objects) {
    written = written && write_all(file.get(), bytes_of(member_header(object.size()))) &&
              write_all(file.get(), object) &&
              (object.size() % 2 == 0 || write_all(file.get(), bytes_of(kPadding)));
  }
  return written ? std::move(file) : Descriptor();
}

// A pipe, and a thread that takes what is written to it.
class Output {
 public:
  Output() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return;
    read_end_ = Descriptor(ends[0]);
    write_end_ = Descriptor(ends[1]);
    reader_ = std::thread([this] { read(); });
  }
  ~Output() { static_cast<void>(take()); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  [[nodiscard]] bool is_open() const { return reader_.joinable(); }
  [[nodiscard]] std::string path() const { return write_end_.path(); }
  // Nothing more will be written.
  [[nodiscard]] base::Bytes take() {
    write_end_.close();
    if (reader_.joinable()) reader_.join();
    return std::move(bytes_);
  }

 private:
  void read() {
    constexpr std::size_t kStep = std::size_t{1} << 16;  // as much as a pipe holds
    for (std::size_t size = 0;;) {
      if (bytes_.size() < size + kStep) bytes_.resize(2 * size + kStep);
      const auto count = ::read(read_end_.get(), bytes_.data() + size, kStep);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return bytes_.resize(size);
      size += static_cast<std::size_t>(count);
    }
  }

  Descriptor read_end_, write_end_;
  base::Bytes bytes_;
  std::thread reader_;
};

std::expected<void, Error> run_lld(const std::string& archive, const std::string& output) {
  // lld keeps state of its own: one link at a time, and none after it said that
  // it cannot run again.
  static std::mutex mutex;
  static bool usable = true;
  std::scoped_lock lock(mutex);
  if (!usable)
    return base::fail(Phase::compile, ErrorCode::internal, "the linker failed before and cannot run again");
  const char* const arguments[]{
      "ld.lld",           "-shared",         "--no-undefined", "-Bsymbolic",    "--build-id=none",
      "--hash-style=gnu", "--eh-frame-hdr",  "-znow",          "-znoexecstack", "-o",
      output.c_str(),     "--whole-archive", archive.c_str()};
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
  const Descriptor archive = write_archive(objects);
  if (archive.get() < 0) return base::fail(Phase::compile, ErrorCode::io, "no memory for the linker's input");
  Output output;
  if (!output.is_open()) return base::fail(Phase::compile, ErrorCode::io, "no pipe for the linker's output");
  if (auto linked = run_lld(archive.path(), output.path()); !linked) return std::unexpected(linked.error());
  auto bytes = output.take();
  if (bytes.empty()) {
    return base::fail(Phase::compile, ErrorCode::io, "the linker wrote nothing; is /proc mounted?");
  }
  return bytes;
}

}  // namespace tenon::compiler
