#include "runtime/memory/zeroed_memory.hpp"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <utility>

namespace tenon::runtime {
namespace {

// From here on a call of the system costs less than writing zeros.
constexpr std::size_t kMapped = 32 * 1024;

bool is_mapped(std::size_t size) { return size >= kMapped; }

std::size_t pages_of(std::size_t size) { return (size + 4095) / 4096; }

void* allocate(std::size_t size) {
  if (size == 0) return nullptr;
  if (is_mapped(size)) {
    void* const pages = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages != MAP_FAILED ? pages : nullptr;
  }
  const std::size_t whole = (size + ZeroedMemory::kAlignment - 1) & ~(ZeroedMemory::kAlignment - 1);
  void* const block = std::aligned_alloc(ZeroedMemory::kAlignment, whole);
  if (block != nullptr) std::memset(block, 0, size);
  return block;
}

}  // namespace

ZeroedMemory::ZeroedMemory(std::size_t size)
    : data_(static_cast<std::uint8_t*>(allocate(size))), size_(data_ != nullptr ? size : 0) {}

ZeroedMemory::ZeroedMemory(ZeroedMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

ZeroedMemory& ZeroedMemory::operator=(ZeroedMemory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

ZeroedMemory::~ZeroedMemory() {
  if (data_ == nullptr) return;
  is_mapped(size_) ? static_cast<void>(munmap(data_, size_)) : std::free(data_);
}

bool ZeroedMemory::grow(std::size_t size) {
  if (is_mapped(size_)) {
    if (pages_of(size) > pages_of(size_)) {
      void* const moved = mremap(data_, size_, size, MREMAP_MAYMOVE);
      if (moved == MAP_FAILED) return false;
      data_ = static_cast<std::uint8_t*>(moved);
    }
    size_ = size;
    return true;
  }
  ZeroedMemory larger(size);
  if (larger.data_ == nullptr) return false;
  if (size_ > 0) std::memcpy(larger.data_, data_, size_);
  *this = std::move(larger);
  return true;
}

}  // namespace tenon::runtime
