// What a compilation is asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <tenon/artifact_info.hpp>

#include "wasm/features.hpp"

namespace tenon::compiler {

enum class Emit : std::uint8_t { shared_object, object, assembly, llvm_ir };

struct CompileOptions {
  std::uint8_t optimization_level = 2;  // 0 to 3
  std::string cpu;                      // LLVM's name, or "native"; empty: the least that Tenon compiles for
  std::string target_triple;            // empty: the machine that the compiler is built for
  bool strict = false;                  // keep every trap, in order
  bool metering = false;  // count what is executed, against StoreRecord::fuel (analyze/fuel.hpp)
  bool spectre = false;   // harden loads against speculation (LLVM, "Speculative Load Hardening")
  Bounds bounds = Bounds::guard;
  bool resettable = false;  // mark cards (artifact/abi.hpp)
  Emit emit = Emit::shared_object;
  unsigned jobs = 0;              // threads for large modules; 0: one for each processor
  std::uint64_t shard_bytes = 0;  // how finely large modules are cut; 0: as is best (shards.hpp)
  std::uint64_t huge_bytes = 0;   // from what size on a body is hardly optimised; 0: as is best
  bool machine_rules = true;      // false: vector operators in LLVM's own terms, as on a new machine
  wasm::FeatureSet features = wasm::default_features();
  // Told now and then how far the work is, 0 to 1, with a word for the step; by
  // any thread, but never by two at a time.
  std::function<void(double done, const char* step)> progress;
};

// What the machine that the compiler is built for says of itself, for --help: its target
// triple, and the CPUs that people choose from. Each machine's folder defines them.
[[nodiscard]] std::string_view default_target();
[[nodiscard]] std::string_view cpus_to_choose_from();

}  // namespace tenon::compiler
