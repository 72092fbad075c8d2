#include "runtime/code/shared_object.hpp"

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <map>
#include <mutex>

namespace tenon::runtime {
namespace {

using FileId = std::pair<dev_t, ino_t>;

// The loader knows objects by name. We name them by an open file's number, and another
// file that had that number before may still be loaded. So we keep the file of every
// object here, for the whole process, as the loader does.
struct Objects {
  struct Object {
    FileId file;
    std::size_t uses = 0;
  };
  std::mutex mutex;
  std::map<void*, Object> by_handle;
  std::uint64_t distinct_names = 0;
};

Objects& objects() {
  static auto& instance = *new Objects;  // never destroyed: modules may go until the very end
  return instance;
}

// The same path, made different by steps that lead nowhere, one for each bit of a number.
std::string distinct(const std::string& folder, std::uint64_t number, const std::string& name) {
  std::string steps;
  for (; number != 0; number >>= 1) steps += (number & 1) != 0 ? "./" : ".//";
  return folder + steps + name;
}

// With the process's number, not "self": debuggers open the same name from a
// process of their own. Empty where there is no /proc, or not this process's.
std::string folder_of_open_files(const std::string& name, FileId file) {
  char process[32];
  const ssize_t size = readlink("/proc/self", process, sizeof(process));
  if (size <= 0 || size == sizeof(process)) return {};
  std::string folder = "/proc/" + std::string(process, static_cast<std::size_t>(size)) + "/fd/";
  struct stat found{};
  // Safety: the file that is loaded by this name is the one that was checked.
  if (stat((folder + name).c_str(), &found) != 0 || FileId(found.st_dev, found.st_ino) != file) return {};
  return folder;
}

std::unexpected<std::string> refused() {
  const char* const reason = dlerror();
  return std::unexpected<std::string>(reason != nullptr ? reason : "unknown reason");
}

}  // namespace

std::expected<SharedObject, std::string> SharedObject::load(int fd, const std::filesystem::path& path) {
  struct stat status{};
  if (fstat(fd, &status) != 0) return std::unexpected<std::string>(std::strerror(errno));
  const FileId file(status.st_dev, status.st_ino);
  std::string name = std::to_string(fd);
  std::string folder = folder_of_open_files(name, file);
  if (folder.empty()) {
    if (path.empty()) return std::unexpected<std::string>("it can only be loaded by its name in /proc");
    std::error_code ignored;
    const auto whole = std::filesystem::absolute(path, ignored);
    folder = whole.parent_path().string() + "/";
    name = whole.filename().string();
  }

  Objects& all = objects();
  const std::lock_guard lock(all.mutex);
  void* handle = dlopen((folder + name).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return refused();
  const auto known = all.by_handle.find(handle);
  if (known != all.by_handle.end() && known->second.file != file) {
    dlclose(handle);
    handle = dlopen(distinct(folder, ++all.distinct_names, name).c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return refused();
  }
  Objects::Object& entry = all.by_handle[handle];
  entry.file = file;
  ++entry.uses;
  return SharedObject(handle);
}

SharedObject::~SharedObject() {
  if (handle_ == nullptr) return;
  Objects& all = objects();
  const std::lock_guard lock(all.mutex);
  const auto entry = all.by_handle.find(handle_);
  if (--entry->second.uses == 0) all.by_handle.erase(entry);
  dlclose(handle_);
}

}  // namespace tenon::runtime
