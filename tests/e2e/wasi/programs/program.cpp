// What every program here does, in C++: see programs.py. Debian's libc++ for WASI has streams, but
// neither file streams nor <filesystem>, so files are those of the C library.
#include <dirent.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

void check(bool good, std::string_view what) {
  if (good) return;
  std::cout << "failed: " << what << std::endl;
  std::exit(1);
}

template <auto kClose>
struct Closer {
  template <typename T>
  void operator()(T* opened) const {
    kClose(opened);
  }
};
using File = std::unique_ptr<std::FILE, Closer<std::fclose>>;
using Directory = std::unique_ptr<DIR, Closer<closedir>>;

File open(const std::string& path, const char* mode) { return File(std::fopen(path.c_str(), mode)); }

void write_text(const std::string& path, const char* mode, std::string_view text) {
  const File file = open(path, mode);
  check(file != nullptr && std::fwrite(text.data(), 1, text.size(), file.get()) == text.size(), path);
}

std::string read_text(std::FILE* file, std::size_t size) {
  std::string text(size, ' ');
  text.resize(std::fread(text.data(), 1, size, file));
  return text;
}

std::vector<std::string> list(const std::string& path) {
  std::vector<std::string> names;
  const Directory directory(opendir(path.c_str()));
  check(directory != nullptr, path);
  while (const dirent* entry = readdir(directory.get())) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  std::ranges::sort(names);
  return names;
}

void walk(const std::string& path) {
  for (const std::string& name : list(path)) {
    const std::string below = path + "/" + name;
    struct stat found{};
    check(lstat(below.c_str(), &found) == 0, below);
    if (S_ISDIR(found.st_mode)) {
      std::cout << below << "/\n";
      walk(below);
    } else {
      std::cout << below << ' ' << found.st_size << '\n';
    }
  }
}

void files() {
  write_text("/files/notes", "w", "first line\n");
  write_text("/files/notes", "a", "second line\n");
  {
    const File file = open("/files/notes", "r+");
    check(file != nullptr && std::fseek(file.get(), 6, SEEK_SET) == 0, "seek");
    std::cout << "at 6: " << read_text(file.get(), 4) << '\n';
    check(std::fseek(file.get(), -5, SEEK_END) == 0 && std::fputs("LINE", file.get()) >= 0, "write");
    check(std::ftell(file.get()) == 22, "tell");
  }
  check(mkdir("/files/tree", 0777) == 0 && mkdir("/files/tree/below", 0777) == 0, "mkdir");
  write_text("/files/tree/below/leaf", "w", "leaf");
  write_text("/files/tree/gone", "w", "");
  check(std::rename("/files/notes", "/files/tree/notes") == 0, "rename");
  check(open("/files/notes", "r") == nullptr, "renamed");
  check(std::remove("/files/tree/gone") == 0, "remove");
  walk("/files");
}

void refusals() {
  std::cout << "outside: " << (open("/files/../../etc/passwd", "r") ? "open" : "refused") << '\n';
  std::cout << "not given: " << (open("/etc/passwd", "r") ? "open" : "refused") << '\n';
  std::cout << "read only: " << (open("/data/new", "w") ? "made" : "refused") << '\n';
  const File given = open("/data/given", "r");
  check(given != nullptr, "/data/given");
  std::cout << "read only: " << read_text(given.get(), 32) << '\n';
}

// There are no threads here, and so no std::this_thread.
void waits() {
  using namespace std::chrono;
  const auto before = steady_clock::now();
  const timespec wanted{0, 20'000'000};
  check(nanosleep(&wanted, nullptr) == 0, "nanosleep");
  std::cout << (steady_clock::now() - before >= milliseconds(20) ? "slept\n" : "woke early\n");
  pollfd output{.fd = 1, .events = POLLOUT, .revents = 0};
  check(poll(&output, 1, 1000) == 1 && (output.revents & POLLOUT) != 0, "poll");
}

}  // namespace

int main(int argc, char** argv) {
  for (const std::string_view argument : std::vector<std::string_view>(argv + 1, argv + argc))
    std::cout << "argument " << argument << '\n';
  std::cout << "environment " << std::getenv("GREETING") << '\n';
  files();
  refusals();
  waits();
  for (std::string line; std::getline(std::cin, line);) std::cout << "input " << line << '\n';
  std::exit(7);
}
