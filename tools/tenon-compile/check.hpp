// `tenon check`, and what it shares with `tenon compile --check`: reports as JSON, in which
// they come from the child process.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "compiler/check/check.hpp"

namespace tenon::tools {

[[nodiscard]] nlohmann::json to_json(const compiler::CheckReport& report);
[[nodiscard]] bool is_fine(const nlohmann::json& report);
// A line for each finding, and a summary in words, on standard error.
void say(const std::string& name, const nlohmann::json& report);

// The whole of `tenon check`; gives the exit status.
int check_files(int count, char** values);

}  // namespace tenon::tools
