// Memory that a store keeps for the moment when there is no more: errors are
// objects with texts and backtraces, and guests that use up the last bytes must
// get one.
#pragma once

#include <memory>
#include <new>

namespace tenon::runtime {

class Ballast {
 public:
  // Before something that may use up memory. Cheap where it is there already.
  void take_up() noexcept {
    if (bytes_ == nullptr) [[unlikely]]
      bytes_.reset(new (std::nothrow) std::byte[kSize]);
  }
  void drop() noexcept { bytes_.reset(); }

 private:
  // Less than what the allocator asks the system for by itself, so that it stays
  // with the process when it is dropped.
  static constexpr std::size_t kSize = 64 * 1024;
  std::unique_ptr<std::byte[]> bytes_;
};

}  // namespace tenon::runtime
