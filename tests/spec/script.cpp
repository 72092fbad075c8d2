#include "script.hpp"

#include <array>
#include <fstream>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

namespace tenon::spec {

namespace {

using nlohmann::json;

constexpr std::array<std::pair<std::string_view, CommandKind>, 11> kCommandNames{{
    {"module", CommandKind::module},
    {"register", CommandKind::register_},
    {"action", CommandKind::action},
    {"assert_return", CommandKind::assert_return},
    {"assert_trap", CommandKind::assert_trap},
    {"assert_exhaustion", CommandKind::assert_exhaustion},
    {"assert_invalid", CommandKind::assert_invalid},
    {"assert_malformed", CommandKind::assert_malformed},
    {"assert_unlinkable", CommandKind::assert_unlinkable},
    {"assert_uninstantiable", CommandKind::assert_uninstantiable},
    {"assert_exception", CommandKind::assert_exception},
}};

constexpr std::array<std::pair<std::string_view, ValueType>, 7> kTypeNames{{
    {"i32", ValueType::i32},
    {"i64", ValueType::i64},
    {"f32", ValueType::f32},
    {"f64", ValueType::f64},
    {"v128", ValueType::v128},
    {"funcref", ValueType::funcref},
    {"externref", ValueType::externref},
}};

// A name that is not in the table is a kind of command or value that this
// runner does not know; passing over it would be a test that cannot fail.
template <typename Table>
auto look_up(const Table& table, const std::string& name) {
  for (const auto& [text, value] : table) {
    if (text == name) return value;
  }
  throw std::runtime_error("unknown word in the script: " + name);
}

unsigned lane_width(const std::string& lane_type) {
  return static_cast<unsigned>(std::stoul(lane_type.substr(1)));
}

ScriptValue read_value(const json& in) {
  ScriptValue value;
  value.type = look_up(kTypeNames, in.at("type"));
  if (value.type == ValueType::v128) {
    // A trap's expectation names only the type of what would have come back.
    const std::string lane_type =
        in.contains("value") ? in.at("lane_type").get<std::string>() : in.value("lane_type", "i32");
    value.lane_bits = lane_width(lane_type);
    value.lane_type = lane_type == "f32"   ? ValueType::f32
                      : lane_type == "f64" ? ValueType::f64
                                           : ValueType::i32;
    if (in.contains("value")) value.lanes = in.at("value").get<std::vector<std::string>>();
    return value;
  }
  value.lane_type = value.type;
  value.lane_bits = value.type == ValueType::i32 || value.type == ValueType::f32 ? 32 : 64;
  if (in.contains("value")) value.lanes = {in.at("value").get<std::string>()};
  return value;
}

std::vector<ScriptValue> read_values(const json& in, const char* key) {
  std::vector<ScriptValue> values;
  if (!in.contains(key)) return values;
  for (const auto& item : in.at(key)) values.push_back(read_value(item));
  return values;
}

Action read_action(const json& in) {
  return {.kind = in.at("type") == "get" ? Action::Kind::get : Action::Kind::invoke,
          .module = in.value("module", ""),
          .field = in.at("field"),
          .arguments = read_values(in, "args")};
}

Command read_command(const json& in) {
  Command command{.kind = look_up(kCommandNames, in.at("type")),
                  .line = in.at("line"),
                  .name = in.value("name", ""),
                  .as = in.value("as", ""),
                  .filename = in.value("filename", ""),
                  .text = in.value("text", ""),
                  .is_text = in.value("module_type", "binary") == "text",
                  .expected = read_values(in, "expected"),
                  .either = read_values(in, "either")};
  if (in.contains("action")) command.action = read_action(in.at("action"));
  return command;
}

std::string describe(const ScriptValue& value) {
  std::string out(to_string(value.type));
  for (const auto& lane : value.lanes) out += ":" + lane;
  return out;
}

std::string describe(const Action& action) {
  std::string out = action.kind == Action::Kind::get ? "(get " : "(invoke ";
  if (!action.module.empty()) out += action.module + " ";
  out += '"' + action.field + '"';
  for (const auto& argument : action.arguments) out += " " + describe(argument);
  return out + ")";
}

}  // namespace

std::expected<std::vector<Command>, std::string> read_script(const std::filesystem::path& path) {
  try {
    std::ifstream in(path);
    const json script = json::parse(in);
    std::vector<Command> commands;
    for (const auto& item : script.at("commands")) commands.push_back(read_command(item));
    return commands;
  } catch (const std::exception& error) {
    return std::unexpected(std::string(error.what()));
  }
}

bool is_assertion(CommandKind kind) { return kind >= CommandKind::assert_return; }

std::string_view to_string(CommandKind kind) {
  for (const auto& [text, value] : kCommandNames) {
    if (value == kind) return text;
  }
  return "?";
}

std::string describe(const Command& command) {
  std::string out(to_string(command.kind));
  if (!command.action.field.empty() || !command.action.arguments.empty())
    out += " " + describe(command.action);
  if (!command.name.empty()) out += " " + command.name;
  if (!command.filename.empty()) out += " " + command.filename;
  if (!command.text.empty()) out += " \"" + command.text + "\"";
  return out;
}

std::string describe(const std::vector<ScriptValue>& values) {
  std::string out = "[";
  for (const auto& value : values) out += (out.size() > 1 ? ", " : "") + describe(value);
  return out + "]";
}

}  // namespace tenon::spec
