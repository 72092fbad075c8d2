// Guest exports that take texts: every parameter a pointer (i32), the result a
// pointer or nothing.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include <tenon/store.hpp>

namespace tenon::plugin {

class TextFunction {
 public:
  static constexpr std::size_t kMaxTexts = 16;

  // Errors: unknown_export, listing what there is; signature_mismatch.
  [[nodiscard]] static std::expected<TextFunction, Error> find(const Instance& instance,
                                                               std::string_view name, std::size_t texts);

  [[nodiscard]] const Function& function() const { return function_; }
  [[nodiscard]] bool returns() const { return returns_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  TextFunction(std::string_view name, const Function& function, bool returns)
      : name_(name), function_(function), returns_(returns) {}

  std::string name_;
  Function function_;
  bool returns_;
};

}  // namespace tenon::plugin
