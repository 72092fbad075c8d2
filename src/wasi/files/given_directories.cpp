#include "wasi/files/given_directories.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "wasi/files/opened_directory.hpp"

namespace tenon {

std::shared_ptr<detail::OpenedDirectory> detail::make_opened_directory() {
  return std::make_shared<OpenedDirectory>();
}

namespace wasi {
namespace {

using Preopen = WasiOptions::Preopen;
namespace fs = std::filesystem;

constexpr OpenRequest kDirectory = {.read = true, .directory = true, .follow = true};

fs::path absolute(const Preopen& preopen) {
  std::error_code ignored;  // where there is no current folder; then the path is as good
  const auto whole = fs::absolute(preopen.host_directory, ignored);
  return (ignored ? preopen.host_directory : whole).lexically_normal();
}

Result<Handle> handle_of(Result<Opened> opened) {
  if (!opened) return std::unexpected(opened.error());
  return std::move(opened->handle);
}

// The one of the directories, open by now, that this path of the host's is, if guests may write it.
const Preopen* writable_at(const fs::path& path, const std::vector<const Preopen*>& open, FileSystem& files) {
  const auto here = files.open_root(path.string());
  if (!here) return nullptr;
  const auto found = files.stat(*here);
  if (!found) return nullptr;
  const auto is_here = [&](const Preopen* other) {
    if (other->access != DirectoryAccess::read_write) return false;
    const auto stat = files.stat(other->opened->handle);
    return stat && stat->device == found->device && stat->inode == found->inode;
  };
  const auto at = std::ranges::find_if(open, is_here);
  return at == open.end() ? nullptr : *at;
}

// Safety: what lies in a directory that guests may write is no longer what the host put there.
// A guest of before may have put a link in its place, so the way to it never leaves that
// directory.
Result<Handle> open_one(const Preopen& preopen, const std::vector<const Preopen*>& open, FileSystem& files) {
  const fs::path path = absolute(preopen);
  for (fs::path above = path.parent_path();; above = above.parent_path()) {
    if (const Preopen* outer = writable_at(above, open, files)) {
      return handle_of(
          files.open(outer->opened->handle, path.lexically_relative(above).string(), kDirectory));
    }
    if (above == above.parent_path()) break;
  }
  return files.open_root(path.string());
}

}  // namespace

Unopened open_given(const WasiOptions& options, FileSystem& files) {
  std::vector<const Preopen*> order;
  for (const auto& preopen : options.preopens) order.push_back(&preopen);
  std::ranges::stable_sort(order, {}, [](const Preopen* one) { return absolute(*one).native().size(); });
  std::vector<const Preopen*> open;
  for (const Preopen* preopen : order) {
    const std::lock_guard lock(preopen->opened->opening);
    if (preopen->opened->handle.number() < 0) {
      auto handle = open_one(*preopen, open, files);
      if (!handle) return {preopen, handle.error()};
      preopen->opened->handle = std::move(*handle);
    }
    open.push_back(preopen);
  }
  return {nullptr, Errno::success};
}

Result<Handle> share_given(const Preopen& preopen, FileSystem& files) {
  return handle_of(files.open(preopen.opened->handle, ".", kDirectory));
}

}  // namespace wasi
}  // namespace tenon
