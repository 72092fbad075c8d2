// What a guest's descriptors stand for.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace tenon::wasi {

enum class Stream : std::uint8_t { input, output, error };

// An open descriptor. The standard streams are all that there is so far.
struct Descriptor {
  Stream stream;
  std::uint16_t flags = 0;  // fdflags, as the guest set them; they change nothing
};

// The guest chooses the numbers and may ask for any.
class DescriptorTable {
 public:
  // Null where it is closed or never was. Valid until it is closed.
  [[nodiscard]] Descriptor* find(std::uint32_t number) {
    return number < descriptors_.size() && descriptors_[number] ? &*descriptors_[number] : nullptr;
  }
  // The descriptor, if it is open and is that stream; else null.
  [[nodiscard]] Descriptor* find(std::uint32_t number, Stream stream) {
    Descriptor* found = find(number);
    return found != nullptr && found->stream == stream ? found : nullptr;
  }
  // False where it was not open.
  [[nodiscard]] bool close(std::uint32_t number) {
    if (find(number) == nullptr) return false;
    descriptors_[number].reset();
    return true;
  }

 private:
  std::array<std::optional<Descriptor>, 3> descriptors_{Descriptor{Stream::input}, Descriptor{Stream::output},
                                                        Descriptor{Stream::error}};
};

}  // namespace tenon::wasi
