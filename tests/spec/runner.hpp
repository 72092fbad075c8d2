// Runs one script's commands against compiled artifacts.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <tenon/store.hpp>

#include "artifacts.hpp"
#include "contradicted.hpp"
#include "script.hpp"

namespace tenon::spec {

// Assertions are counted; modules, actions and registrations only where they
// fail, so that passed + failed + skipped + contradicted of a good run is the suite's own
// number of assertions.
struct Tally {
  std::uint32_t passed = 0;
  std::uint32_t failed = 0;
  std::uint32_t skipped = 0;  // modules in text format
  std::uint32_t contradicted = 0;
};

struct RunnerHooks {
  std::function<void(std::uint32_t line)> before;  // each command
  std::function<void(std::uint32_t line, const std::string&)> failure;
  std::function<void(std::uint32_t line, const std::string&)> note;  // passed, but worth a look
  // Why this assertion cannot hold (contradicted.hpp); null if it must.
  std::function<const Contradicted*(std::uint32_t line)> contradicted;
};

class Runner {
 public:
  Runner(std::filesystem::path folder, Artifacts artifacts, RunnerHooks hooks, Tally& tally);

  void run(const std::vector<Command>& commands);

 private:
  // Empty: as expected. Else what was got instead.
  using Complaint = std::optional<std::string>;
  using Values = std::vector<Value>;

  Complaint execute(const Command& command);
  Complaint make_module(const Command& command);
  Complaint register_module(const Command& command);
  Complaint expect_return(const Command& command);
  Complaint expect_trap(const Command& command);
  Complaint expect_exhaustion(const Command& command);
  Complaint expect_refusal(const Command& command);
  Complaint expect_unlinkable(const Command& command);
  Complaint expect_uninstantiable(const Command& command);

  std::expected<Instance, Error> instantiate(const Command& command);
  std::expected<Values, Error> perform(const Action& action);
  std::expected<Values, Error> invoke(const Instance& instance, const Action& action);
  std::expected<Values, Error> get(const Instance& instance, const Action& action);
  const Instance* find_instance(const std::string& name) const;

  std::filesystem::path folder_;
  Artifacts artifacts_;
  RunnerHooks hooks_;
  Tally& tally_;
  Store store_;
  Imports imports_;
  std::optional<Instance> current_;
  std::map<std::string, Instance> named_;
};

}  // namespace tenon::spec
