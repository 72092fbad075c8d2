#include "runtime/linear_memory.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "base/error.hpp"
#include "runtime/loaded_module.hpp"

namespace tenon::runtime {
namespace {

// Of a 32-bit memory, and of a 64-bit one: all that it may grow to is reserved
// when it is made, and this much of the address space one memory may have.
constexpr std::uint64_t kMostPages = 65536;
constexpr std::uint64_t kMostPages64 = (std::uint64_t{1} << 40) / kPageSize;

std::unexpected<Error> fail(std::string message) {
  return base::fail(Phase::instantiate, ErrorCode::out_of_resources, std::move(message));
}

}  // namespace

std::expected<std::unique_ptr<MemoryImpl>, Error> MemoryImpl::create(StoreImpl* store, const MemoryType& type,
                                                                     std::uint64_t byte_limit) {
  if (type.is_shared) {
    return base::fail(Phase::instantiate, ErrorCode::unsupported,
                      to_string(ExternType(type)) + " is not supported yet");
  }
  const std::uint64_t limit_pages = std::min(byte_limit / kPageSize, type.is_64 ? kMostPages64 : kMostPages);
  if (type.limits.minimum > limit_pages) {
    return fail("a memory of " + std::to_string(type.limits.minimum) + " pages is larger than the limit of " +
                std::to_string(limit_pages) + " pages");
  }
  const std::uint64_t maximum = std::min(type.limits.maximum.value_or(limit_pages), limit_pages);
  std::unique_ptr<MemoryImpl> memory(new MemoryImpl(store, type, maximum));
  if (auto ok = memory->reserve(); !ok) return std::unexpected(std::move(ok.error()));
  if (!memory->grow(type.limits.minimum)) {
    return fail("the system refuses a memory of " + std::to_string(type.limits.minimum) + " pages");
  }
  return memory;
}

// Safety: the sandbox hangs on this size. To a 32-bit memory guest code adds any
// 32-bit address and any 32-bit offset unchecked; to a 64-bit one an address
// inside it and at most kMemory64Guard. All that must be ours, and inaccessible.
std::expected<void, Error> MemoryImpl::reserve() {
  const std::uint64_t behind_base =
      declared_.is_64 ? maximum_pages_ * kPageSize + artifact::kMemory64Guard : artifact::kMemoryReservation;
  const std::uint64_t size = artifact::kMemoryGuardBefore + behind_base;
  void* const start = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) {
    return fail("no address space for a memory, which takes " + std::to_string(size >> 20) +
                " MiB of it: " + std::strerror(errno));
  }
  reservation_ = static_cast<std::uint8_t*>(start);
  reserved_ = size;
  record.base = reservation_ + artifact::kMemoryGuardBefore;
  return {};
}

MemoryImpl::~MemoryImpl() {
  if (reservation_ != nullptr) munmap(reservation_, reserved_);
}

std::expected<void, Error> MemoryImpl::map_image(int fd, const MemoryImage& image) {
  void* const at = record.base + image.start;
  void* const mapped = mmap(at, image.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd,
                            static_cast<off_t>(image.file_offset));
  if (mapped == MAP_FAILED)
    return fail(std::string("the memory's image cannot be mapped: ") + std::strerror(errno));
  return {};
}

std::optional<std::uint64_t> MemoryImpl::grow(std::uint64_t pages) {
  const std::uint64_t old_pages = this->pages();
  if (pages > maximum_pages_ || old_pages > maximum_pages_ - pages) return std::nullopt;
  if (pages > 0) {
    if (mprotect(record.base + record.size, pages * kPageSize, PROT_READ | PROT_WRITE) != 0)
      return std::nullopt;
    record.size += pages * kPageSize;
  }
  return old_pages;
}

}  // namespace tenon::runtime
