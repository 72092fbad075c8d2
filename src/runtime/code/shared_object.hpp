// An open file, loaded by the system's loader: that file, whatever has become of the path
// that it was opened by.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <utility>

namespace tenon::runtime {

class SharedObject {
 public:
  SharedObject() = default;
  // Without /proc there is only the path to load by; the caller must then check that it
  // still led to the same file. An empty path fails there. `fd` must stay open as long as the object lives. The error
  // is in words for people.
  [[nodiscard]] static std::expected<SharedObject, std::string> load(int fd,
                                                                     const std::filesystem::path& path);
  SharedObject(SharedObject&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  SharedObject& operator=(SharedObject&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~SharedObject();

  [[nodiscard]] void* handle() const { return handle_; }  // of dlopen

 private:
  explicit SharedObject(void* handle) : handle_(handle) {}

  void* handle_ = nullptr;
};

}  // namespace tenon::runtime
