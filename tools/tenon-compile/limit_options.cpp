#include "limit_options.hpp"

#include "base/sizes.hpp"

namespace tenon::tools {

void LimitOptions::add_to(CLI::App& app, const std::string& to_do, const std::string& input) {
  app.add_option("--time-limit", seconds,
                 "Processor time to " + to_do + " in, in seconds; 0: any (default 30, and 250 for each MB)")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000}))
      ->type_name("SECONDS");
  app.add_option_function<std::string>(
         "--memory-limit",
         [this](const std::string& text) {
           bytes = base::parse_size(text);
           if (!bytes) throw CLI::ValidationError("--memory-limit", base::no_size(text));
         },
         "Memory to " + to_do +
             " in; K, M and G are powers of 1024; 0: any (default 1G, and 10K for each byte of " + input +
             ", at most 32G)")
      ->type_name("BYTES");
}

ChildLimits LimitOptions::limits_for(std::size_t input_bytes) const {
  auto limits = ChildLimits::of(input_bytes);
  limits.seconds = seconds.value_or(limits.seconds);
  limits.bytes = bytes.value_or(limits.bytes);
  limits.seconds_are_chosen = seconds.has_value();
  limits.bytes_are_chosen = bytes.has_value();
  return limits;
}

}  // namespace tenon::tools
