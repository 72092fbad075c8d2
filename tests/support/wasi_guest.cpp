#include "support/wasi_guest.hpp"

#include <sstream>
#include <stdexcept>

#include "wasi/files/host_file_system.hpp"
#include "wasi/wasi.hpp"

namespace tenon::tests {

namespace {

std::string types(std::string_view parameters) {
  std::string text;
  for (const char parameter : parameters) text += parameter == 'i' ? " i32" : " i64";
  return text;
}

const Module& ordinary() {
  static const Guest kGuest(wasi_guest_text("wasi_snapshot_preview1"), {.optimization_level = 0});
  return kGuest.module();
}

}  // namespace

std::string wasi_guest_text(std::string_view module_name, std::string_view memory) {
  std::ostringstream imports;
  std::ostringstream functions;
  for (const auto& [name, parameters] : kWasiFunctions) {
    const std::string type =
        "(param" + types(parameters) + ")" + (name == "proc_exit" ? "" : " (result i32)");
    imports << "(import \"" << module_name << "\" \"" << name << "\" (func $" << name << ' ' << type
            << "))\n";
    functions << "(func (export \"" << name << "\") " << type;
    for (std::size_t i = 0; i < parameters.size(); ++i) functions << " (local.get " << i << ')';
    functions << " (call $" << name << "))\n";
  }
  return "(module\n" + imports.str() + std::string(memory) + functions.str() + ")";
}

WasiGuest::WasiGuest(WasiOptions options, std::shared_ptr<wasi::FileSystem> files, StoreOptions store)
    : WasiGuest(ordinary(), std::move(options), std::move(files), store) {}

WasiGuest::WasiGuest(const Module& module, WasiOptions options, std::shared_ptr<wasi::FileSystem> files,
                     StoreOptions store, SharedMemory* memory)
    : store_(store) {
  if (files == nullptr) files = std::make_shared<wasi::HostFileSystem>();
  Imports imports;
  if (memory != nullptr) imports.define("env", "memory", *memory);
  const auto added = wasi::add(imports, std::move(options), std::move(files));
  if (!added) throw std::runtime_error(to_string(added.error()));
  auto made = store_.instantiate(module, imports);
  if (!made) throw std::runtime_error(to_string(made.error()));
  instance_ = *made;
}

std::expected<std::vector<Value>, Error> WasiGuest::call_raw(const std::string& name,
                                                             std::vector<std::uint64_t> arguments) {
  const auto function = instance_->function(name).value();
  std::vector<Value> values;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    values.push_back(Value::from_bits(function.type().parameters.at(i), arguments[i]));
  }
  return function.call(values);
}

std::uint32_t WasiGuest::call(const std::string& name, std::vector<std::uint64_t> arguments) {
  return static_cast<std::uint32_t>(call_raw(name, std::move(arguments)).value().at(0).i32());
}

std::span<std::uint8_t> WasiGuest::memory() { return instance_->memory()->data(); }

void WasiGuest::store(std::uint32_t address, const std::vector<std::uint32_t>& words) {
  std::memcpy(memory().data() + address, words.data(), words.size() * sizeof(std::uint32_t));
}

void WasiGuest::store(std::uint32_t address, std::string_view text) {
  std::memcpy(memory().data() + address, text.data(), text.size());
}

std::uint32_t WasiGuest::path_call(const std::string& name, std::vector<std::uint64_t> before,
                                   std::string_view path, std::vector<std::uint64_t> behind) {
  store(kTexts, path);
  before.insert(before.end(), {kTexts, path.size()});
  before.insert(before.end(), behind.begin(), behind.end());
  return call(name, std::move(before));
}

std::uint32_t WasiGuest::two_paths(const std::string& name, std::vector<std::uint64_t> before,
                                   std::string_view path, std::uint64_t between, std::string_view second) {
  constexpr std::uint32_t kSecond = kTexts + 0x8000;
  store(kSecond, second);
  return path_call(name, std::move(before), path, {between, kSecond, second.size()});
}

std::uint32_t WasiGuest::open(std::uint32_t directory, std::string_view path, const How& how,
                              std::uint32_t& descriptor) {
  const auto error = path_call("path_open", {directory, how.lookup}, path,
                               {how.open_flags, how.rights, how.inheriting, how.flags, kResult});
  descriptor = error == 0 ? load<std::uint32_t>(kResult) : ~0u;
  return error;
}

std::uint32_t WasiGuest::read(std::uint32_t descriptor, std::string& text) {
  store(kResult, {kResult + 16, 0x8000});
  const auto error = call("fd_read", {descriptor, kResult, 1, kResult + 8});
  text.clear();
  if (error == 0) text = base::as_text(memory().subspan(kResult + 16, load<std::uint32_t>(kResult + 8)));
  return error;
}

std::uint32_t WasiGuest::write(std::uint32_t descriptor, std::string_view text) {
  store(kResult + 16, text);
  store(kResult, {kResult + 16, static_cast<std::uint32_t>(text.size())});
  return call("fd_write", {descriptor, kResult, 1, kResult + 8});
}

}  // namespace tenon::tests
