// The records of `tenon run`: a line of JSON in, a line of JSON out.
#pragma once

#include <atomic>
#include <cstddef>
#include <expected>
#include <string>

#include <tenon/pool.hpp>

namespace tenon::tool {

// Thread-safe.
class Records {
 public:
  explicit Records(Pool pool) : pool_(std::move(pool)) {}

  // Answers {"key":…,"payload":…} with {"key":…,"result":…} or {"key":…,"error":…}, each with a
  // newline. `number` is for messages.
  [[nodiscard]] std::string answer(const std::string& line, std::size_t number);
  [[nodiscard]] std::expected<std::string, Error> execute(const std::string& key, const std::string& payload);
  [[nodiscard]] static std::string outcome(const std::string& key,
                                           const std::expected<std::string, Error>& result);
  // Whether any answer was an error.
  [[nodiscard]] bool has_failed() const { return has_failed_; }

 private:
  Pool pool_;
  std::atomic<bool> has_failed_ = false;
  std::atomic<bool> has_stopped_ = false;  // a plugin
  std::atomic<bool> is_told_ = false;      // the user, of that
};

}  // namespace tenon::tool
