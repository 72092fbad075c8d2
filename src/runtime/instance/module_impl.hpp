// What a Module handle shares: the artifact in memory, and what instantiating keeps
// for it.
#pragma once

#include <memory>

#include "runtime/code/loaded_module.hpp"
#include "runtime/instance/stand_ins.hpp"

namespace tenon::runtime {

class ModuleImpl {
 public:
  explicit ModuleImpl(std::shared_ptr<const LoadedModule> loaded) : loaded_(std::move(loaded)) {}

  [[nodiscard]] const LoadedModule& loaded() const { return *loaded_; }
  [[nodiscard]] const StandIns& stand_ins() const { return stand_ins_; }

 private:
  std::shared_ptr<const LoadedModule> loaded_;
  StandIns stand_ins_;
};

}  // namespace tenon::runtime
