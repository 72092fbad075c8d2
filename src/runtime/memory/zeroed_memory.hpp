// Memory of the runtime's own that starts out as zeros. A large piece comes straight from
// the system: pages that nobody touches take no memory, and no time to make.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tenon::runtime {

class ZeroedMemory {
 public:
  ZeroedMemory() = default;
  // Aligned to kAlignment. data() is null where the system has no more.
  explicit ZeroedMemory(std::size_t size);
  ~ZeroedMemory();
  ZeroedMemory(ZeroedMemory&& other) noexcept;
  ZeroedMemory& operator=(ZeroedMemory&& other) noexcept;

  [[nodiscard]] std::uint8_t* data() const { return data_; }
  // Grows to more than its size; it may move. False leaves it as it was.
  [[nodiscard]] bool grow(std::size_t size);

  static constexpr std::size_t kAlignment = 64;

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace tenon::runtime
