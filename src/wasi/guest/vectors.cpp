#include "wasi/guest/vectors.hpp"

#include <algorithm>
#include <limits>

namespace tenon::wasi {
namespace {

struct GuestVector {
  std::uint32_t buffer;
  std::uint32_t size;
};
static_assert(sizeof(GuestVector) == 8);

}  // namespace

Result<Vectors> Vectors::load(const GuestMemory& memory, std::uint32_t vectors, std::uint32_t count) {
  if (count > kMaxCount) return std::unexpected(Errno::invalid);
  Vectors loaded;
  loaded.list_.reserve(count);
  std::uint64_t total = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    // Safety: read once. What the guest writes there later changes nothing.
    const auto vector = memory.load<GuestVector>(vectors + std::uint64_t{i} * sizeof(GuestVector));
    const auto bytes = vector ? memory.bytes(vector->buffer, vector->size) : std::nullopt;
    if (!bytes) return std::unexpected(Errno::fault);
    loaded.list_.push_back({const_cast<std::uint8_t*>(bytes->data()), bytes->size()});
    loaded.addresses_.push_back(vector->buffer);
    total += bytes->size();
  }
  if (total > std::numeric_limits<std::uint32_t>::max()) return std::unexpected(Errno::invalid);
  return loaded;
}

void Vectors::limit(std::uint64_t bytes) {
  for (iovec& vector : list_) {
    vector.iov_len = static_cast<std::size_t>(std::min<std::uint64_t>(vector.iov_len, bytes));
    bytes -= vector.iov_len;
  }
}

void Vectors::note_writes(const GuestMemory& memory) const {
  for (std::size_t i = 0; i < list_.size(); ++i)
    static_cast<void>(memory.room(addresses_[i], list_[i].iov_len));
}

}  // namespace tenon::wasi
