// What the loader reads of an artifact before it trusts it: the note, the plan,
// the names, the ELF file around them. The first byte chooses which.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "artifact/artifact_file.hpp"
#include "artifact/note.hpp"
#include "artifact/plan.hpp"
#include "base/sha256.hpp"

namespace {

using namespace tenon;

// A note whose checksum is right, so that what follows it is read at all.
void fuzz_note(base::ByteView payload) {
  constexpr std::size_t kChecksum = 8;  // offsets as note.hpp gives them
  constexpr std::size_t kChecked = kChecksum + sizeof(base::Sha256);
  base::Bytes note(payload.begin(), payload.end());
  if (note.size() > kChecked) {
    const auto digest = base::sha256(base::ByteView(note).subspan(kChecked));
    std::copy(digest.begin(), digest.end(), note.begin() + kChecksum);
  }
  const auto read = artifact::decode_note(note);
  if (read && !artifact::decode_note(artifact::encode_note(*read))) std::abort();
}

void fuzz_plan(base::ByteView bytes) {
  const auto plan = artifact::decode_plan(bytes);
  if (!plan) return;
  const base::Bytes once = artifact::encode(*plan);
  const auto again = artifact::decode_plan(once);
  if (!again || artifact::encode(*again) != once) std::abort();
}

void fuzz_names(base::ByteView bytes) {
  const auto names = artifact::decode_names(bytes);
  if (names && artifact::decode_names(artifact::encode_names(*names)) != *names) std::abort();
}

void fuzz_file(base::ByteView bytes) {
  static const int file = memfd_create("artifact", MFD_CLOEXEC);
  if (ftruncate(file, 0) != 0 ||
      pwrite(file, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    std::abort();
  }
  (void)artifact::check_artifact(file, "fuzzed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return -1;
  const base::ByteView rest(data + 1, size - 1);
  switch (data[0] % 4) {
    case 0: fuzz_note(rest); break;
    case 1: fuzz_plan(rest); break;
    case 2: fuzz_names(rest); break;
    default: fuzz_file(rest); break;
  }
  return 0;
}
