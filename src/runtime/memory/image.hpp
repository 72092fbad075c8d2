// The first contents of a memory, as a value, so that the code that makes memories need
// not know where they come from.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>

#include <tenon/error.hpp>

namespace tenon::runtime {

// An open file, closed with the last that holds it: an artifact or a memfd.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}  // takes it over
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

// All of these are bytes and multiples of the page size.
struct Image {
  std::shared_ptr<const File> file;
  std::uint64_t offset = 0;  // in the file
  std::uint64_t size = 0;    // 0: there is none, all is zero
  std::uint64_t start = 0;   // guest address
};

// Writes it into a memory whose first byte is at `base`, in place of mapping it. Errors:
// out_of_resources.
[[nodiscard]] std::expected<void, Error> copy_image(const Image& image, std::uint8_t* base);

}  // namespace tenon::runtime
