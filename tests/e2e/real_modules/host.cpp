// Runs modules that others wrote, through the public interface alone.
//
//   real_modules_host load ARTIFACT              loads it and makes an instance
//   real_modules_host mappings ARTIFACT STRING   source-map: the mappings that a string encodes
//   real_modules_host argon2 ARTIFACT PASSWORD SALT   argon2-browser: the hash in hex
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <tenon/tenon.hpp>

namespace {

using tenon::Caller;

[[noreturn]] void fail(const std::string& message) {
  std::fprintf(stderr, "real_modules_host: %s\n", message.c_str());
  std::exit(1);
}

template <typename T>
T expect(std::expected<T, tenon::Error> result) {
  if (!result) fail(tenon::to_string(result.error()));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

struct Guest {
  Guest(const char* artifact, tenon::Imports imports)
      : module(expect(tenon::Module::load(artifact))),
        instance(expect(store.instantiate(module, imports.unknown(tenon::UnknownImports::trap)))) {}

  template <typename... Arguments>
  std::int32_t call(const char* name, Arguments... arguments) {
    return expect(expect(instance.function<std::int32_t(Arguments...)>(name))(arguments...));
  }
  // A copy of the bytes in the guest's memory.
  void put(tenon::Memory memory, std::int32_t at, std::string_view text) {
    const auto view = expect(memory.view(static_cast<std::uint32_t>(at), text.size()));
    std::memcpy(view.data(), text.data(), text.size());
  }

  tenon::Store store;
  tenon::Module module;
  tenon::Instance instance;
};

// What source-map's own JavaScript gives to the module and takes from it.
int print_mappings(const char* artifact, std::string_view text) {
  tenon::Imports imports;
  imports.function("env", "mapping_callback",
                   [](std::int32_t line, std::int32_t column, std::int32_t, std::int32_t,
                      std::int32_t has_original, std::int32_t source, std::int32_t original_line,
                      std::int32_t original_column, std::int32_t has_name, std::int32_t name) {
                     std::printf("%d:%d", line + 1, column);
                     if (has_original != 0)
                       std::printf(" %d:%d:%d", source, original_line + 1, original_column);
                     if (has_original != 0 && has_name != 0) std::printf(" %d", name);
                     std::printf("\n");
                   });
  Guest guest(artifact, std::move(imports));
  const auto buffer = guest.call("allocate_mappings", static_cast<std::int32_t>(text.size()));
  guest.put(expect(guest.instance.memory()), buffer, text);
  const auto mappings = guest.call("parse_mappings", buffer);
  if (mappings == 0) {
    std::printf("error %d\n", guest.call("get_last_error"));
    return 0;
  }
  expect(expect(guest.instance.function<void(std::int32_t)>("by_generated_location"))(mappings));
  return 0;
}

constexpr std::int32_t kRounds = 3, kMemoryKiB = 512, kLanes = 1, kHashBytes = 32, kArgon2id = 2,
                       kVersion = 0x13;

// The names are those that the package's build left: e argon2_hash, f malloc, c memory.
int print_argon2(const char* artifact, std::string_view password, std::string_view salt) {
  tenon::Imports imports;
  imports.function("a", "a",
                   [](Caller& caller, std::uint32_t to, std::uint32_t from,
                      std::uint32_t size) -> std::expected<std::int32_t, tenon::Error> {
                     const auto target = caller.memory(to, size), source = caller.memory(from, size);
                     if (!target) return std::unexpected(target.error());
                     if (!source) return std::unexpected(source.error());
                     std::memmove(target->data(), source->data(), size);
                     return static_cast<std::int32_t>(to);
                   });
  imports.function("a", "b", [](std::int32_t) { return 0; });  // no more memory
  Guest guest(artifact, std::move(imports));
  const auto memory = expect(guest.instance.memory("c"));
  auto put = [&](std::string_view text) {
    const auto at = guest.call("f", static_cast<std::int32_t>(text.size()));
    guest.put(memory, at, text);
    return at;
  };
  const auto password_at = put(password), salt_at = put(salt), hash_at = guest.call("f", kHashBytes);
  const auto size = [](std::string_view text) { return static_cast<std::int32_t>(text.size()); };
  const auto status = guest.call("e", kRounds, kMemoryKiB, kLanes, password_at, size(password), salt_at,
                                 size(salt), hash_at, kHashBytes, 0, 0, kArgon2id, kVersion);
  if (status != 0) fail("argon2_hash gave " + std::to_string(status));
  for (const auto byte : expect(memory.view(static_cast<std::uint32_t>(hash_at), kHashBytes))) {
    std::printf("%02x", byte);
  }
  std::printf("\n");
  return 0;
}

}  // namespace

int main(int count, char** values) {
  const std::string_view what = count > 1 ? values[1] : "";
  if (what == "load" && count == 3) return Guest(values[2], {}), 0;
  if (what == "mappings" && count == 4) return print_mappings(values[2], values[3]);
  if (what == "argon2" && count == 5) return print_argon2(values[2], values[3], values[4]);
  fail("usage: load ARTIFACT | mappings ARTIFACT STRING | argon2 ARTIFACT PASSWORD SALT");
}
