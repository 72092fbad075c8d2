#include "runner.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "spectest.hpp"
#include "values.hpp"

namespace tenon::spec {

namespace {

// The suite's texts and ours agree up to an addition at the end of either:
// "uninitialized element 2", "undefined".
bool same_message(std::string_view expected, std::string_view got) {
  return expected.starts_with(got) || got.starts_with(expected);
}

std::optional<std::string> trap_complaint(const Error& error, Phase phase, const std::string& expected) {
  const bool is_expected = error.phase == phase && error.code == ErrorCode::trap && error.trap &&
                           same_message(expected, to_string(*error.trap));
  if (is_expected) return std::nullopt;
  return to_string(error);
}

std::optional<std::string> link_complaint(const Error& error, const std::string& expected) {
  const ErrorCode code =
      expected.starts_with("unknown import") ? ErrorCode::unknown_import : ErrorCode::incompatible_import;
  if (error.phase == Phase::link && error.code == code) return std::nullopt;
  return to_string(error);
}

// A module may not be refused after the validator let it through, nor an
// invalid one for want of a feature: that would prove nothing about the rule
// under test. For malformed bytes it may be: what a later proposal gave a
// meaning is malformed in this version, and the reader says which proposal.
bool is_proper_refusal(const Error& error, CommandKind kind) {
  if (error.phase != Phase::read && error.phase != Phase::validate) return false;
  if (error.code == ErrorCode::unsupported) return kind == CommandKind::assert_malformed;
  return error.code == ErrorCode::malformed || error.code == ErrorCode::invalid ||
         error.code == ErrorCode::limit_exceeded;
}

bool is_expected(const std::vector<Value>& results, const Command& command) {
  if (command.either.empty()) return matches(results, command.expected);
  auto matches_result = [&](const ScriptValue& value) { return matches(results[0], value); };
  return results.size() == 1 && std::ranges::any_of(command.either, matches_result);
}

std::string values_text(const std::vector<Value>& values) { return "values " + describe(values); }

}  // namespace

Runner::Runner(std::filesystem::path folder, Artifacts artifacts, RunnerHooks hooks, Tally& tally)
    : folder_(std::move(folder)),
      artifacts_(std::move(artifacts)),
      hooks_(std::move(hooks)),
      tally_(tally),
      store_(StoreOptions{.poison_after_trap = false}) {
  add_spectest(store_, imports_);
}

void Runner::run(const std::vector<Command>& commands) {
  for (const auto& command : commands) {
    hooks_.before(command.line);
    if (command.is_text) {
      ++tally_.skipped;
      continue;
    }
    const Complaint complaint = execute(command);
    if (const Contradicted* item = hooks_.contradicted(command.line)) {
      if (complaint) {
        ++tally_.contradicted;
      } else {
        ++tally_.failed;
        hooks_.failure(command.line, describe(command) + " holds, and is listed as contradicted: " +
                                         std::string(item->reason));
      }
    } else if (complaint) {
      ++tally_.failed;
      hooks_.failure(command.line, describe(command) + "\n    got " + *complaint);
    } else if (is_assertion(command.kind)) {
      ++tally_.passed;
    }
  }
}

Runner::Complaint Runner::execute(const Command& command) {
  switch (command.kind) {
    case CommandKind::module: return make_module(command);
    case CommandKind::register_: return register_module(command);
    case CommandKind::action:
    case CommandKind::assert_return: return expect_return(command);
    case CommandKind::assert_trap: return expect_trap(command);
    case CommandKind::assert_exhaustion: return expect_exhaustion(command);
    case CommandKind::assert_invalid:
    case CommandKind::assert_malformed: return expect_refusal(command);
    case CommandKind::assert_unlinkable: return expect_unlinkable(command);
    case CommandKind::assert_uninstantiable: return expect_uninstantiable(command);
  }
  return "a command that the runner does not know";
}

Runner::Complaint Runner::make_module(const Command& command) {
  // Where this fails, what follows must not run on the module before.
  current_.reset();
  named_.erase(command.name);
  auto instance = instantiate(command);
  if (!instance) return to_string(instance.error());
  current_ = *instance;
  if (!command.name.empty()) named_.insert_or_assign(command.name, *instance);
  return std::nullopt;
}

Runner::Complaint Runner::register_module(const Command& command) {
  const Instance* instance = find_instance(command.name);
  if (instance == nullptr) return "no such instance";
  imports_.define_instance(command.as, *instance);
  return std::nullopt;
}

Runner::Complaint Runner::expect_return(const Command& command) {
  const auto results = perform(command.action);
  if (!results) return to_string(results.error());
  // For a plain action the suite gives types only.
  if (command.kind == CommandKind::action || is_expected(*results, command)) return std::nullopt;
  const auto& wanted = command.either.empty() ? command.expected : command.either;
  return values_text(*results) + "\n    expected " + (command.either.empty() ? "" : "one of ") +
         describe(wanted);
}

Runner::Complaint Runner::expect_trap(const Command& command) {
  const auto results = perform(command.action);
  if (results) return values_text(*results);
  return trap_complaint(results.error(), Phase::call, command.text);
}

Runner::Complaint Runner::expect_exhaustion(const Command& command) {
  const auto results = perform(command.action);
  if (results) return values_text(*results);
  if (results.error().trap == TrapCode::stack_exhaustion) return std::nullopt;
  return to_string(results.error());
}

Runner::Complaint Runner::expect_refusal(const Command& command) {
  const auto module = artifacts_.load(folder_ / command.filename);
  if (module) return "a module";
  const Error& error = module.error();
  if (!is_proper_refusal(error, command.kind)) return to_string(error);
  const Phase phase = command.kind == CommandKind::assert_malformed ? Phase::read : Phase::validate;
  if (error.phase != phase || error.code == ErrorCode::unsupported)
    hooks_.note(command.line, describe(command) + ": refused by " + to_string(error));
  return std::nullopt;
}

Runner::Complaint Runner::expect_unlinkable(const Command& command) {
  const auto instance = instantiate(command);
  if (instance) return "an instance";
  return link_complaint(instance.error(), command.text);
}

Runner::Complaint Runner::expect_uninstantiable(const Command& command) {
  const auto instance = instantiate(command);
  if (instance) return "an instance";
  return trap_complaint(instance.error(), Phase::instantiate, command.text);
}

std::expected<Instance, Error> Runner::instantiate(const Command& command) {
  const auto module = artifacts_.load(folder_ / command.filename);
  if (!module) return std::unexpected(module.error());
  return store_.instantiate(*module, imports_);
}

std::expected<Runner::Values, Error> Runner::perform(const Action& action) {
  const Instance* instance = find_instance(action.module);
  if (instance == nullptr) return base::fail(Phase::call, ErrorCode::invalid_argument, "no such instance");
  return action.kind == Action::Kind::get ? get(*instance, action) : invoke(*instance, action);
}

std::expected<Runner::Values, Error> Runner::invoke(const Instance& instance, const Action& action) {
  const auto function = instance.function(action.field);
  if (!function) return std::unexpected(function.error());
  Values arguments;
  for (const auto& argument : action.arguments) arguments.push_back(to_value(argument));
  return function->call(arguments);
}

std::expected<Runner::Values, Error> Runner::get(const Instance& instance, const Action& action) {
  const auto item = instance.find_export(action.field);
  const Global* global = item ? std::get_if<Global>(&*item) : nullptr;
  if (global == nullptr)
    return base::fail(Phase::call, ErrorCode::unknown_export, "no global " + action.field);
  return Values{global->get()};
}

const Instance* Runner::find_instance(const std::string& name) const {
  if (name.empty()) return current_ ? &*current_ : nullptr;
  const auto found = named_.find(name);
  return found == named_.end() ? nullptr : &found->second;
}

}  // namespace tenon::spec
