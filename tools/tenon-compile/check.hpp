// `tenon check` and `tenon compile --check`.
#pragma once

#include <nlohmann/json.hpp>

#include "compiler/check/check.hpp"

namespace tenon::tools {

// A summary in words, and a line for each finding, on standard error.
void say(const std::string& name, const compiler::CheckReport& report);
[[nodiscard]] nlohmann::json to_json(const compiler::CheckReport& report);

// The whole of `tenon check`; gives the exit status.
int check_files(int count, char** values);

}  // namespace tenon::tools
