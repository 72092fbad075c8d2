// Guest exports that take texts: every parameter a pointer (i32), the result a
// pointer or nothing.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include <tenon/store.hpp>

namespace tenon::plugin {

class TextFunction {
 public:
  static constexpr std::size_t kMaxTexts = 16;

  // Errors: unknown_export, listing what there is; signature_mismatch.
  [[nodiscard]] static std::expected<TextFunction, Error> find(const Instance& instance, std::string_view name,
                                                               std::size_t texts);

  // The pointer returned, or nullopt where the function returns nothing.
  // Precondition: as many pointers as `texts` said.
  [[nodiscard]] std::expected<std::optional<std::uint32_t>, Error> operator()(
      std::span<const std::uint32_t> pointers) const;

  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  using u32 = std::uint32_t;
  // One and two texts are the fast path; any other count goes through Function.
  using Callee = std::variant<TypedFunction<u32(u32)>, TypedFunction<void(u32)>, TypedFunction<u32(u32, u32)>,
                              TypedFunction<void(u32, u32)>, Function>;

  TextFunction(std::string_view name, Callee callee) : name_(name), callee_(std::move(callee)) {}
  static std::expected<Callee, Error> bind(const Function& function);

  std::string name_;
  Callee callee_;
};

}  // namespace tenon::plugin
