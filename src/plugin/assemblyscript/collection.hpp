// When the plugin's own garbage collector is to run.
#pragma once

#include <cstdint>

#include <tenon/assemblyscript.hpp>

namespace tenon::plugin::assemblyscript {

class Collection {
 public:
  Collection(CollectPolicy policy, std::uint64_t memory_size) : policy_(policy), memory_size_(memory_size) {}

  // After each call, with the size of the plugin's memory then.
  [[nodiscard]] bool is_due(std::uint64_t memory_size) {
    ++calls_;
    switch (policy_.kind) {
      case CollectPolicy::Kind::every: return calls_ >= policy_.calls;
      case CollectPolicy::Kind::on_growth: return memory_size > memory_size_;
      default: return false;
    }
  }
  void ran(std::uint64_t memory_size) {
    calls_ = 0;
    memory_size_ = memory_size;
  }

 private:
  CollectPolicy policy_;
  std::uint64_t memory_size_;  // when the collector last ran
  std::uint32_t calls_ = 0;    // since then
};

}  // namespace tenon::plugin::assemblyscript
