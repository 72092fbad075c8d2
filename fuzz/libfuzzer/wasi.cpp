// WASI's functions, called by a guest that passes any numbers and has any bytes
// in its memory: an errno, never a crash, nor an access outside the memory.
#include <fuzzer/FuzzedDataProvider.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>

#include <tenon/wasi.hpp>

#include "support/wasi_functions.hpp"
#include "support/wat.hpp"

namespace {

using namespace tenon;

// For each function one that passes its parameters on, and a memory of a page.
std::string guest_text() {
  std::string imports, functions;
  for (const auto& function : tests::kWasiFunctions) {
    if (function.ends_the_call()) continue;
    const std::string_view parameters = function.parameters;
    std::string types, arguments;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      types += parameters[i] == 'i' ? " i32" : " i64";
      arguments += " (local.get " + std::to_string(i) + ")";
    }
    const std::string type = "(param" + types + ") (result i32)";
    const std::string text(function.name);
    imports += "(import \"wasi_snapshot_preview1\" \"" + text + "\" (func $" + text + " " + type + "))\n";
    functions += "(func (export \"" + text + "\") " + type + " (call $" + text + arguments + "))\n";
  }
  return "(module " + imports + functions + "(memory (export \"memory\") 1 2))";
}

const Module& guest() {
  static const tests::Guest made(guest_text());
  return made.module();
}

// What the guest may read: to write, it could fill the disk.
const std::filesystem::path& directory() {
  static const tests::TempDir kMade;
  static const bool kFilled = [] {
    std::filesystem::create_directories(kMade / "directory/below");
    std::filesystem::create_symlink("../..", kMade / "directory/link");
    return tests::write_text(kMade / "file", "some text");
  }();
  if (!kFilled) std::abort();
  return kMade.path();
}

WasiOptions options(FuzzedDataProvider& input) {
  const auto touch = [](std::span<const std::uint8_t> bytes) {
    static volatile std::uint8_t sum = 0;
    for (const std::uint8_t byte : bytes) sum = sum ^ byte;
  };
  WasiOptions made;
  made.argument(input.ConsumeRandomLengthString(32)).environment("NAME", input.ConsumeRandomLengthString(32));
  made.preopen(directory(), "/");
  made.standard_output = touch;
  made.standard_error = touch;
  made.random = [](std::span<std::uint8_t> bytes) { std::memset(bytes.data(), 0xA5, bytes.size()); };
  made.standard_input = [](std::span<std::uint8_t> bytes) {
    const std::size_t size = bytes.size() / 2 + 1;
    std::memset(bytes.data(), 0x5A, std::min(size, bytes.size()));
    return size;
  };
  return made;
}

// Mostly addresses in, or just beyond, the memory.
Value number(FuzzedDataProvider& input, char type) {
  if (type == 'I') return Value::from_i64(input.ConsumeIntegral<std::int64_t>());
  switch (input.ConsumeIntegralInRange(0, 3)) {
    case 0: return Value::from_i32(input.ConsumeIntegralInRange(0, 4));
    case 1: return Value::from_i32(input.ConsumeIntegral<std::uint8_t>() * 8);
    case 2: return Value::from_i32(65536 - input.ConsumeIntegral<std::uint8_t>());
    default: return Value::from_i32(input.ConsumeIntegral<std::int32_t>());
  }
}

void call_one(const Instance& instance, FuzzedDataProvider& input) {
  const auto function = input.PickValueInArray(tests::kWasiFunctions);
  if (function.ends_the_call()) return;
  std::vector<Value> arguments;
  for (const char type : function.parameters) arguments.push_back(number(input, type));
  const auto result = instance.function(function.name)->call(arguments);
  if (!result && result.error().code == ErrorCode::timeout) return;                  // it waited
  if (!result || result->at(0).i32() < 0 || result->at(0).i32() > 76) std::abort();  // 76 is the last errno
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  Imports imports;
  if (!add_wasi(imports, options(input))) std::abort();
  Store store({.poison_after_trap = false, .timeout = std::chrono::milliseconds(2)});
  const auto instance = store.instantiate(guest(), imports);
  if (!instance) std::abort();
  const auto bytes = input.ConsumeBytes<std::uint8_t>(input.ConsumeIntegralInRange<std::size_t>(0, 2048));
  std::copy(bytes.begin(), bytes.end(), instance->memory()->data().begin());
  for (int calls = 0; calls < 16 && input.remaining_bytes() > 0; ++calls) call_one(*instance, input);
  return 0;
}
