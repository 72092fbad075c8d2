// A guest whose traps must all stay, at a level that the test is run for.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <tenon/store.hpp>

#include "support/wat.hpp"

namespace tenon::regress {

class StrictGuest {
 public:
  StrictGuest(const std::string& text, int level)
      : guest_(text, {.optimization_level = static_cast<std::uint8_t>(level), .strict = true}) {
    auto made = store_.instantiate(guest_.module());
    if (!made) throw std::runtime_error(to_string(made.error()));
    instance_.emplace(*made);
  }

  [[nodiscard]] const Instance& instance() const { return *instance_; }

  std::expected<std::vector<Value>, Error> call(const std::string& name,
                                                const std::vector<Value>& arguments = {}) {
    const auto function = instance_->function(name);
    if (!function) return std::unexpected(function.error());
    return function->call(arguments);
  }

  void expect_trap(const std::string& name, TrapCode code, const std::vector<Value>& arguments = {}) {
    SCOPED_TRACE(name);
    const auto result = call(name, arguments);
    ASSERT_FALSE(result) << "no trap";
    EXPECT_EQ(result.error().trap, code) << to_string(result.error());
  }

  // The bits of the one result.
  std::uint64_t bits(const std::string& name, const std::vector<Value>& arguments) {
    const auto result = call(name, arguments);
    if (!result) {
      ADD_FAILURE() << name << ": " << to_string(result.error());
      return 0;
    }
    return result->at(0).low_bits();
  }

 private:
  tests::Guest guest_;
  Store store_{StoreOptions{.poison_after_trap = false}};
  std::optional<Instance> instance_;
};

class AtEachLevel : public testing::TestWithParam<int> {};

}  // namespace tenon::regress
