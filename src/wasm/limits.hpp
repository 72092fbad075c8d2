// Every limit of this implementation on what a module may hold. Where the
// WebAssembly JavaScript interface names one ("Implementation-defined Limits"),
// ours is the same, so that what runs in an engine of the web is not refused
// here. A module beyond a limit is refused with ErrorCode::limit_exceeded.
#pragma once

#include <cstdint>

namespace tenon::wasm {

inline constexpr std::uint64_t kMaxModuleBytes = std::uint64_t{1} << 30;
inline constexpr std::uint32_t kMaxTypes = 1'000'000;
inline constexpr std::uint32_t kMaxFunctions = 1'000'000;  // imported and defined, as for all index spaces
inline constexpr std::uint32_t kMaxImports = 100'000;
inline constexpr std::uint32_t kMaxExports = 100'000;
inline constexpr std::uint32_t kMaxGlobals = 1'000'000;
inline constexpr std::uint32_t kMaxTables = 100'000;
inline constexpr std::uint32_t kMaxMemories = 100;
inline constexpr std::uint32_t kMaxTags = 1'000'000;
inline constexpr std::uint32_t kMaxDataSegments = 100'000;
inline constexpr std::uint32_t kMaxElementSegments = 10'000'000;
inline constexpr std::uint32_t kMaxSegmentElements = 10'000'000;
inline constexpr std::uint32_t kMaxParameters = 1'000;
inline constexpr std::uint32_t kMaxResults = 1'000;
inline constexpr std::uint32_t kMaxLocals = 50'000;  // parameters included
inline constexpr std::uint32_t kMaxBodyBytes = 7'654'321;
inline constexpr std::uint32_t kMaxBranchTargets = 65'520;  // of one br_table, the default not counted
inline constexpr std::uint32_t kMaxCatchClauses = kMaxBranchTargets;  // of one try_table
inline constexpr std::uint32_t kMaxNameBytes = 100'000;

// Ours alone. Nesting bounds the work of whoever walks the blocks; operands
// bound the validator's stack, which calls with many results could otherwise
// blow up to a thousand times the size of the body.
inline constexpr std::uint32_t kMaxNesting = 50'000;
inline constexpr std::uint32_t kMaxNestedTries =
    5'000;  // try and try_table: LLVM joins their ends in n^2 steps
inline constexpr std::uint32_t kMaxOperands = 10'000'000;
inline constexpr std::uint32_t kMaxConstantOperators = 1'000;

// Not limits of ours but rules of the specification (section 3.2.5).
inline constexpr std::uint64_t kMaxPages = 65'536;
inline constexpr std::uint64_t kMaxPages64 = std::uint64_t{1} << 48;  // of a 64-bit memory

}  // namespace tenon::wasm
