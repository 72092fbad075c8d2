// What is loaded is the file that is open, and no other of its name.
#include "runtime/code/shared_object.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "artifact/abi.hpp"
#include "artifact/artifact_file.hpp"
#include "support/wat.hpp"

namespace tenon::runtime {
namespace {

using tests::Guest;

class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path) : fd(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenFile() { close(fd); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  const int fd;
};

// The note that the file has, and that the loaded code says it belongs to.
base::Sha256 note_of(const OpenFile& file) {
  return artifact::check_artifact(file.fd, "file").value().payload_sha256;
}
base::Sha256 note_of(const SharedObject& object) {
  const auto* const descriptor =
      static_cast<const artifact::Descriptor*>(dlsym(object.handle(), artifact::kDescriptorSymbol));
  base::Sha256 hash{};
  std::ranges::copy(descriptor->note_sha256, hash.begin());
  return hash;
}

class SharedObjects : public testing::Test {
 protected:
  const Guest one_{"(module (func (export \"one\")))"};
  const Guest two_{"(module (func (export \"two\")))"};
  const tests::TempDir dir_;
};

// Another process put a new file there, between the check and the load.
TEST_F(SharedObjects, AreOfTheFileThatIsOpenWhateverItsPathHasNow) {
  const auto path = dir_ / "plugin.so";
  std::filesystem::copy_file(one_.artifact(), path);
  const OpenFile file(path);
  std::filesystem::copy_file(two_.artifact(), dir_ / "new.so");
  std::filesystem::rename(dir_ / "new.so", path);
  EXPECT_EQ(note_of(SharedObject::load(file.fd, path).value()), note_of(file));
  std::filesystem::remove(path);
  EXPECT_EQ(note_of(SharedObject::load(file.fd, path).value()), note_of(file));
}

// The system's loader still knows the number as the name of what it was before.
TEST_F(SharedObjects, AreNotOfAFileThatHadTheNumberBefore) {
  SharedObject kept;
  int number = 0;
  {
    const OpenFile first(one_.artifact());
    number = first.fd;
    kept = SharedObject::load(first.fd, one_.artifact()).value();
  }
  const OpenFile second(two_.artifact());
  ASSERT_EQ(second.fd, number);
  const SharedObject loaded = SharedObject::load(second.fd, two_.artifact()).value();
  EXPECT_NE(loaded.handle(), kept.handle());
  EXPECT_EQ(note_of(loaded), note_of(second));
}

}  // namespace
}  // namespace tenon::runtime
