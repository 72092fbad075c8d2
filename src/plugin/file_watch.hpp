// Somebody who waits for a file to be replaced or written.
#pragma once

#include <sys/stat.h>

#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <tenon/error.hpp>

#include "runtime/memory/image.hpp"

namespace tenon::plugin {

// Watches the file's folder, since a file that is replaced is another file. Never polls. To
// be destroyed by another thread than its own.
class FileWatch {
 public:
  // From here on nothing is missed. `path` is absolute. Errors: io, out_of_resources.
  [[nodiscard]] static std::expected<std::unique_ptr<FileWatch>, Error> make(
      const std::filesystem::path& path);
  ~FileWatch();  // at once, but for a function below that runs
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  // Calls one of these on a thread of its own: `changed` when the file was replaced, or written
  // and closed; `lost` when there is nothing to watch any more. Neither may throw. To be called
  // once. Errors: out_of_resources.
  struct Functions {
    std::function<void()> changed;
    std::function<void(Error)> lost;
  };
  [[nodiscard]] std::expected<void, Error> start(Functions functions);

 private:
  // What a path leads to. Written in place, a file may keep all of this for a few milliseconds.
  struct Identity {
    dev_t device = 0;
    ino_t number = 0;
    off_t size = 0;
    timespec modified{};
  };
  enum class Seen { nothing, file, something, end };

  FileWatch(std::filesystem::path path, int notifications, int end)
      : path_(std::move(path)), notifications_(notifications), end_(end), identity_(identity()) {}
  void run();
  [[nodiscard]] bool wait() const;
  [[nodiscard]] Seen read_events() const;
  [[nodiscard]] bool is_another();
  [[nodiscard]] Identity identity() const;

  const std::filesystem::path path_;
  const runtime::File notifications_, end_;
  Identity identity_;
  Functions functions_;
  std::optional<std::thread> thread_;
};

}  // namespace tenon::plugin
