#include "records.hpp"

#include <nlohmann/json.hpp>

#include "verbs.hpp"

namespace tenon::tool {
namespace {

using Json = nlohmann::ordered_json;

std::string as_line(const Json& object) {
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

// "not valid JSON at column 5: invalid literal; last read: …", out of the library's
// "[json.exception…] parse error at line 1, column 5: syntax error …: …".
std::string fault_of(const Json::parse_error& error) {
  std::string_view reason = error.what();
  for (const std::string_view before : {"column ", ": "}) {
    const auto at = reason.find(before);
    if (at != std::string_view::npos) reason.remove_prefix(at + before.size());
  }
  return "not valid JSON at column " + std::to_string(error.byte) + ": " + std::string(reason);
}

// What is wrong with a line of input; empty where nothing is.
std::string fault_of(const Json& line) {
  if (!line.is_object()) return "not a JSON object";
  for (const char* name : {"key", "payload"}) {
    if (!line.contains(name)) return "\"" + std::string(name) + "\" is missing";
    if (!line[name].is_string()) return "\"" + std::string(name) + "\" is not a string";
  }
  return "";
}

}  // namespace

std::string Records::outcome(const std::string& key, const std::expected<std::string, Error>& result) {
  if (result) return as_line({{"key", key}, {"result", *result}});
  return as_line(
      {{"key", key}, {"error", to_string(result.error())}, {"code", to_string(result.error().code)}});
}

std::expected<std::string, Error> Records::execute(const std::string& key, const std::string& payload) {
  if (has_stopped_ && !is_told_.exchange(true)) {
    say("tenon: run: the plugin stopped; it is loaded anew, initialised again, and remembers nothing of "
        "the lines before\n");
  }
  auto result = pool_.execute(key, payload);
  if (!result && pool_.statistics().replaced > 0) has_stopped_ = true;
  return result;
}

std::string Records::answer(const std::string& text, std::size_t number) {
  Json line;
  std::string fault;
  try {
    line = Json::parse(text);
    fault = fault_of(line);
  } catch (const Json::parse_error& error) {
    fault = fault_of(error);
  }
  if (!fault.empty()) {
    has_failed_ = true;
    Json answer = Json::object();
    if (line.is_object() && line.contains("key")) answer["key"] = line["key"];
    answer["error"] = "input line " + std::to_string(number) + ": " + fault;
    return as_line(answer);
  }
  const auto key = line["key"].get<std::string>();
  const auto result = execute(key, line["payload"].get<std::string>());
  if (!result) has_failed_ = true;
  return outcome(key, result);
}

}  // namespace tenon::tool
