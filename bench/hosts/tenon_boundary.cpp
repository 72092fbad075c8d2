// The boundary benchmarks through Tenon: tenon-boundary ARTIFACT.so [Google Benchmark's options]
#include <tenon/tenon.hpp>

#include <cstring>

#include "boundary.hpp"

namespace {

template <typename T>
T require(std::expected<T, tenon::Error> outcome) {
  if (!outcome) bench::fail(tenon::to_string(outcome.error()));
  if constexpr (!std::is_void_v<T>) return std::move(*outcome);
}

tenon::Instance instantiate(tenon::Store& store, const char* path) {
  tenon::Imports imports;
  imports.function("bench", "add_one", [](std::int32_t value) { return value + 1; });
  return require(store.instantiate(require(tenon::Module::load(path)), imports));
}

class Guest {
 public:
  explicit Guest(const char* path) : instance_(instantiate(store_, path)) {}

  void empty() { require(empty_()); }
  std::int32_t add(std::int32_t a, std::int32_t b) { return require(add_(a, b)); }
  std::int32_t call_host(std::int32_t times) { return require(call_host_(times)); }
  void pass_bytes(std::span<const std::uint8_t> in, std::span<std::uint8_t> out) {
    std::memcpy(require(memory_.view(require(buffer_()), in.size())).data(), in.data(), in.size());
    const auto size = static_cast<std::uint32_t>(in.size());
    std::memcpy(out.data(), require(memory_.view(require(flip_(size)), size)).data(), size);
  }

 private:
  template <typename Signature>
  tenon::TypedFunction<Signature> find(const char* name) {
    return require(instance_.function<Signature>(name));
  }

  tenon::Store store_;
  tenon::Instance instance_;
  tenon::Memory memory_ = require(instance_.memory());
  tenon::TypedFunction<void()> empty_ = find<void()>("empty");
  tenon::TypedFunction<std::int32_t(std::int32_t, std::int32_t)> add_ =
      find<std::int32_t(std::int32_t, std::int32_t)>("add");
  tenon::TypedFunction<std::int32_t(std::int32_t)> call_host_ = find<std::int32_t(std::int32_t)>("call_host");
  tenon::TypedFunction<std::uint32_t()> buffer_ = find<std::uint32_t()>("buffer");
  tenon::TypedFunction<std::uint32_t(std::uint32_t)> flip_ = find<std::uint32_t(std::uint32_t)>("flip");
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) bench::fail("usage: tenon-boundary ARTIFACT.so");
  Guest guest(argv[1]);
  return bench::run_boundary(argc - 1, argv + 1, guest);
}
