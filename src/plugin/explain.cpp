#include "plugin/explain.hpp"

#include <string>
#include <utility>

#include "base/error.hpp"
#include "base/utf8.hpp"

namespace tenon::plugin {
namespace {

// Guests (AssemblyScript's WASI shim among them) print why they give up and then exit:
// that line belongs in the error.
Error with_last_words(Error error, const LineLog& log) {
  if (error.code == ErrorCode::exit && !log.last_error_line().empty()) {
    error.message += ": " + base::printable(log.last_error_line(), 1000);
  }
  return error;
}

// What a guest does when its memory cannot grow is its own choice. Allocators of every
// language mostly execute `unreachable`: where the last growth was refused, that is want of
// memory. After anything else the error only says what came before.
Error with_refused_growth(Error error, const runtime::Budget& budget) {
  const auto refused = budget.refused_growth();
  if (!refused) return error;
  using Limit = runtime::RefusedGrowth::Limit;
  const bool of_table = refused->limit == Limit::table_limit || refused->limit == Limit::table_maximum;
  const std::string more_than = "it asked for more than " + budget.describe(*refused);
  if (error.trap == TrapCode::unreachable) {
    error.code = ErrorCode::out_of_resources;
    error.message = (of_table ? "the plugin is out of table elements: " : "the plugin is out of memory: ") +
                    more_than + ", and then stopped with " + error.message;
  } else {
    error.message += " (before that " + more_than + ")";
  }
  return error;
}

}  // namespace

Error explained(Error error, const ProtocolKind* kind, const Module& module, const LineLog& log,
                const runtime::Budget& budget) {
  error = with_last_words(std::move(error), log);
  for (const auto* any : protocol_kinds()) {
    const bool may_be = kind == nullptr || kind == any;
    if (may_be && any->explain != nullptr)
      error = any->explain(std::move(error), module, log.last_error_line());
  }
  return with_refused_growth(std::move(error), budget);
}

void add_failure_of_log(std::expected<void, Error>& done, LineLog& log) {
  const auto failure = log.take_failure();
  if (failure && done) {
    done = base::fail(Phase::call, ErrorCode::host_error,
                      "the log callback threw: " + *failure + " (the plugin goes on; the line is lost)");
  }
}

}  // namespace tenon::plugin
