#include "runtime/memory/saved_memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "base/error.hpp"

namespace tenon::runtime {
namespace {

constexpr std::uint64_t kPage = 4096;

std::unexpected<Error> fail(const char* what) {
  return base::fail(Phase::call, ErrorCode::out_of_resources,
                    std::string(what) + ": " + std::strerror(errno));
}

bool is_zero(const std::uint8_t* page) { return page[0] == 0 && std::memcmp(page, page + 1, kPage - 1) == 0; }

// Calls write(offset, bytes) for each run of pages that are not zero, until one says false.
template <typename Write>
bool for_runs(const std::uint8_t* bytes, std::uint64_t size, Write write) {
  for (std::uint64_t at = 0; at < size;) {
    if (is_zero(bytes + at)) {
      at += kPage;
      continue;
    }
    std::uint64_t end = at + kPage;
    while (end < size && !is_zero(bytes + end)) end += kPage;
    if (!write(at, end - at)) return false;
    at = end;
  }
  return true;
}

}  // namespace

std::expected<std::shared_ptr<const SavedMemory>, Error> SavedMemory::of(base::ByteView contents) {
  std::shared_ptr<SavedMemory> saved(new SavedMemory(contents.size()));
  if (contents.empty()) return saved;
  void* const copy = mmap(nullptr, contents.size(), PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (copy == MAP_FAILED) return fail("no memory for a snapshot");
  saved->bytes_ = static_cast<std::uint8_t*>(copy);
  for_runs(contents.data(), contents.size(), [&](std::uint64_t at, std::uint64_t bytes) {
    std::memcpy(saved->bytes_ + at, contents.data() + at, bytes);
    return true;
  });
  return saved;
}

SavedMemory::~SavedMemory() {
  if (bytes_ != nullptr) munmap(bytes_, size_);
}

std::expected<Image, Error> SavedMemory::image() const {
  const std::scoped_lock lock(mutex_);
  if (image_.file == nullptr && size_ > 0) {
    auto made = make_image();
    if (!made) return made;
    image_ = std::move(*made);
  }
  return image_;
}

std::expected<Image, Error> SavedMemory::make_image() const {
  const int fd = memfd_create("tenon-snapshot", MFD_CLOEXEC);
  if (fd < 0) return fail("no file in memory for a snapshot");
  auto file = std::make_shared<const File>(fd);
  if (ftruncate(fd, static_cast<off_t>(size_)) != 0) return fail("no room for a snapshot");
  const bool written = for_runs(bytes_, size_, [&](std::uint64_t at, std::uint64_t bytes) {
    while (bytes > 0) {
      const ssize_t count = pwrite(fd, bytes_ + at, bytes, static_cast<off_t>(at));
      if (count <= 0) return false;
      at += static_cast<std::uint64_t>(count);
      bytes -= static_cast<std::uint64_t>(count);
    }
    return true;
  });
  if (!written) return fail("no room for a snapshot");
  return Image{.file = std::move(file), .offset = 0, .size = size_, .start = 0};
}

}  // namespace tenon::runtime
