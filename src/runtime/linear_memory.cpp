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

constexpr std::uint64_t kMostPages = 65536;  // of a 32-bit memory

std::unexpected<Error> fail(std::string message) {
  return base::fail(Phase::instantiate, ErrorCode::out_of_resources, std::move(message));
}

}  // namespace

std::expected<std::unique_ptr<MemoryImpl>, Error> MemoryImpl::create(StoreImpl* store, const MemoryType& type,
                                                                     std::uint64_t byte_limit) {
  if (type.is_64 || type.is_shared) {
    return base::fail(Phase::instantiate, ErrorCode::unsupported,
                      to_string(ExternType(type)) + " is not supported yet");
  }
  const std::uint64_t limit_pages = std::min(byte_limit / kPageSize, kMostPages);
  if (type.limits.minimum > limit_pages) {
    return fail("a memory of " + std::to_string(type.limits.minimum) + " pages is larger than the limit of " +
                std::to_string(limit_pages) + " pages");
  }
  const std::uint64_t maximum = std::min(type.limits.maximum.value_or(kMostPages), limit_pages);
  std::unique_ptr<MemoryImpl> memory(new MemoryImpl(store, type, maximum));
  // The sandbox hangs on this size: guest code adds any 32-bit address to any
  // 32-bit offset unchecked, and all that must be ours and inaccessible.
  void* const start =
      mmap(nullptr, kReservation, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) {
    return fail(std::string("no address space for a memory (8 GiB are reserved for each): ") +
                std::strerror(errno));
  }
  memory->reservation_ = static_cast<std::uint8_t*>(start);
  memory->record.base = memory->reservation_ + artifact::kMemoryGuardBefore;
  if (!memory->grow(type.limits.minimum)) {
    return fail("the system refuses a memory of " + std::to_string(type.limits.minimum) + " pages");
  }
  return memory;
}

MemoryImpl::~MemoryImpl() {
  if (reservation_ != nullptr) munmap(reservation_, kReservation);
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
