#include "runtime/backtrace.hpp"

#include "runtime/loaded_module.hpp"
#include "runtime/store_impl.hpp"

namespace tenon::runtime {

std::vector<Frame> describe_frames(const StoreImpl& store, std::span<const std::uintptr_t> pcs) {
  std::vector<Frame> frames;
  for (std::uintptr_t pc : pcs) {
    const LoadedModule* module = store.module_at(pc);
    if (module == nullptr) continue;
    if (auto frame = module->describe(pc)) frames.push_back(std::move(*frame));
  }
  return frames;
}

}  // namespace tenon::runtime
