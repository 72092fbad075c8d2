// A guest that does nothing but pass calls on: it exports every function of WASI, so that a test
// can call each with any arguments, over a memory that the test fills.
//
//   tests::WasiGuest guest(WasiOptions{}.preopen(dir.path(), "/"));
//   EXPECT_EQ(guest.call("fd_close", {3}), 0u);
#pragma once

#include <cstdint>
#include <cstring>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tenon/tenon.hpp>

#include "support/wasi_functions.hpp"
#include "support/wat.hpp"
#include "wasi/files/file_system.hpp"

namespace tenon::tests {

// The guest's text, with the names of that module. `memory` is what stands behind (memory.
[[nodiscard]] std::string wasi_guest_text(std::string_view module_name,
                                          std::string_view memory = R"((memory (export "memory") 64))");

// An instance of it in a store of its own.
class WasiGuest {
 public:
  static constexpr std::uint32_t kMemorySize = 64 * 65536;
  // Where the functions below put texts and results. What is below is the test's.
  static constexpr std::uint32_t kTexts = 0x10000, kResult = 0x30000;

  // Throws std::runtime_error where it cannot be made. Without files: the host's own.
  explicit WasiGuest(WasiOptions options, std::shared_ptr<wasi::FileSystem> files = nullptr,
                     StoreOptions store = {});
  WasiGuest(const Module& module, WasiOptions options, std::shared_ptr<wasi::FileSystem> files = nullptr,
            StoreOptions store = {}, SharedMemory* memory = nullptr);

  [[nodiscard]] std::expected<std::vector<Value>, Error> call_raw(const std::string& name,
                                                                  std::vector<std::uint64_t> arguments);
  std::uint32_t call(const std::string& name, std::vector<std::uint64_t> arguments);

  [[nodiscard]] std::span<std::uint8_t> memory();
  template <typename T>
  [[nodiscard]] T load(std::uint32_t address) {
    T value;
    std::memcpy(&value, memory().data() + address, sizeof value);
    return value;
  }
  void store(std::uint32_t address, const std::vector<std::uint32_t>& words);
  void store(std::uint32_t address, std::string_view text);
  [[nodiscard]] Instance& instance() { return *instance_; }
  [[nodiscard]] Store& store() { return store_; }

  // With a path in place of an address and a size. Each gives the errno.
  std::uint32_t path_call(const std::string& name, std::vector<std::uint64_t> before, std::string_view path,
                          std::vector<std::uint64_t> behind = {});
  std::uint32_t two_paths(const std::string& name, std::vector<std::uint64_t> before, std::string_view path,
                          std::uint64_t between, std::string_view second);
  // path_open. `descriptor` gets what was opened.
  struct How {
    std::uint32_t open_flags = 0;
    std::uint64_t rights =
        1u << 1 | 1u << 2 | 1u << 5 | 1u << 14 | 1u << 21;  // to read, seek, tell, list, stat
    std::uint64_t inheriting = ~std::uint64_t{0};
    std::uint32_t flags = 0;
    std::uint32_t lookup = 1;  // follow
  };
  std::uint32_t open(std::uint32_t directory, std::string_view path, const How& how,
                     std::uint32_t& descriptor);
  std::uint32_t open(std::uint32_t directory, std::string_view path, std::uint32_t& descriptor) {
    return open(directory, path, How{}, descriptor);
  }
  // At most a page, in one call.
  std::uint32_t read(std::uint32_t descriptor, std::string& text);
  std::uint32_t write(std::uint32_t descriptor, std::string_view text);

 private:
  Store store_;
  std::optional<Instance> instance_;
};

}  // namespace tenon::tests
