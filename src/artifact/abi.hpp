// The contract between compiled guest code and the runtime: every structure
// that both touch. The compiler takes offsets from here through offsetof, the
// runtime uses the structures themselves; neither types an offset as a number.
//
// Change anything here and kAbiVersion must go up: artifacts of the old
// version are then refused at load.
//
// How guest code calls, in LLVM's words; which registers those are, compiler/machine says:
//   - guest to guest: LLVM's swiftcc, the instance in `swiftself`, all
//     parameters by value in order, results as one value or a literal struct
//     (in which f32 and f64 after four of f32, f64 and v128 are integers); more
//     than kMaxDirectResults through a pointer to slots, which comes second.
//     i32, i64, f32, f64 as themselves, v128 as <2 x i64>, funcref and references
//     to functions of a type as a pointer to FunctionRecord (null is the null
//     reference), externref as i64 (0 is null, else the host's handle + 1),
//     exnref as a pointer to ExceptionRecord.
//   - guest to guest in a tail call: LLVM's tailcc, the instance as the first
//     parameter (so that it may differ from the caller's, which in a callee-saved
//     register would be the caller's caller's loss), several results through a pointer to slots
//     that comes second. Parameters that do not fit into registers lie in
//     StoreRecord::tail_arguments, in slots, in order; none is ever on the stack.
//     Only functions that make tail calls have such code.
//   - host to guest: an EntryFunction, C calling convention, values in slots.
//   - guest to host function: a thunk in the artifact, called like a guest function but
//     with a HostFunctionRecord in `swiftself`; it checks the stack limit and
//     then calls the record's code in the C calling convention.
//   - guest to runtime: the functions of Builtins, C calling convention.
// An exception leaves a frame without running any of its code: the runtime
// reads the artifact's unwind tables (.eh_frame) and, where the call has a
// handler in this function, the address of its landing pad in the table that
// they name (.gcc_except_table), in the formats of the Itanium C++ ABI.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tenon::artifact {

inline constexpr std::uint32_t kFormatVersion = 5;  // of note and plan
inline constexpr std::uint32_t kAbiVersion = 6;     // of this file

// More results travel in memory.
inline constexpr std::size_t kMaxDirectResults = 8;

inline constexpr char kNoteSection[] = ".note.tenon";
inline constexpr char kNoteName[] = "Tenon";
inline constexpr std::uint32_t kNoteType = 1;
inline constexpr char kDescriptorSymbol[] = "tenon_artifact";
inline constexpr std::uint64_t kImageAlignment = 4096;

// A slot is 8 bytes; v128 takes two. Parameters lie in order from slot 0 on;
// results replace them from slot 0 on.
using EntryFunction = void (*)(void* context, const void* code, std::uint64_t* slots);

// What a funcref points to. It lives in an instance (or in the store, for functions that
// the host made), never moves, and goes with the store. Records of an instance's own
// functions are all zero until the runtime fills them in, before the first reference to
// each is made.
struct FunctionRecord {
  const void* code;              // guest calling convention
  void* context;                 // `swiftself`: the instance, or a HostFunctionRecord
  EntryFunction entry;           // host calls code through this
  std::uint32_t type_id;         // canonical in the process; never kNullTypeId
  std::uint32_t function_index;  // in its module; for backtraces and names
  // Code for tail calls. Null where the function itself makes none: then an ordinary call
  // at the end of a chain of tail calls does.
  const void* tail_code;
};
static_assert(sizeof(FunctionRecord) == 40);

inline constexpr std::uint32_t kNullTypeId = 0;

// An entry of a table of functions: the record's hot fields, copied, so that an
// indirect call needs no second load. All zero is the null reference, or an
// element that nobody has asked for yet: Builtins::table_element knows.
struct FunctionTableEntry {
  const void* code;
  void* context;
  std::uint32_t type_id;  // kNullTypeId in a null entry: one compare covers null and mismatch
  std::uint32_t padding;
  const FunctionRecord* record;
};
static_assert(sizeof(FunctionTableEntry) == 32);

// A table of other references has plain u64 entries.
struct TableRecord {
  void* entries;       // FunctionTableEntry* or uint64_t*; moves when the table grows
  std::uint64_t size;  // elements
};

struct MemoryRecord {
  std::uint8_t* base;  // never moves while the store lives
  std::uint64_t size;  // bytes; grows only; of a shared memory read and written atomically
};

// What a tag is: its address. The runtime's own fields follow it in memory.
struct TagRecord {
  std::uint32_t type_id;  // of a function type whose parameters the exceptions carry
};

// What an exnref points to. The values that it carries follow in slots, a v128 in two.
// Guest code writes them once, before anyone else knows the exception.
struct ExceptionRecord {
  const TagRecord* tag;
  std::uint64_t slots[];
};

struct StoreRecord;
struct InstanceRecord;

// The functions of the runtime that guest code calls. Each checks the stack limit and its
// operands itself, and raises a trap (does not return) where the specification says so:
// guest code may call it with any operand and any stack.
struct Builtins {
  std::uint64_t (*memory_grow)(InstanceRecord*, std::uint32_t memory, std::uint64_t delta_pages);
  void (*memory_fill)(InstanceRecord*, std::uint32_t memory, std::uint64_t to, std::uint32_t byte,
                      std::uint64_t size);
  void (*memory_copy)(InstanceRecord*, std::uint32_t to_memory, std::uint32_t from_memory, std::uint64_t to,
                      std::uint64_t from, std::uint64_t size);
  void (*memory_init)(InstanceRecord*, std::uint32_t memory, std::uint32_t segment, std::uint64_t to,
                      std::uint64_t from, std::uint64_t size);
  void (*data_drop)(InstanceRecord*, std::uint32_t segment);
  // References travel as u64: a FunctionRecord* or an externref's bits.
  void (*table_set)(InstanceRecord*, std::uint32_t table, std::uint64_t index, std::uint64_t reference);
  std::uint64_t (*table_grow)(InstanceRecord*, std::uint32_t table, std::uint64_t delta,
                              std::uint64_t reference);
  void (*table_fill)(InstanceRecord*, std::uint32_t table, std::uint64_t to, std::uint64_t reference,
                     std::uint64_t size);
  void (*table_copy)(InstanceRecord*, std::uint32_t to_table, std::uint32_t from_table, std::uint64_t to,
                     std::uint64_t from, std::uint64_t size);
  void (*table_init)(InstanceRecord*, std::uint32_t table, std::uint32_t segment, std::uint64_t to,
                     std::uint64_t from, std::uint64_t size);
  void (*element_drop)(InstanceRecord*, std::uint32_t segment);
  // Fills in an all-zero entry of a table of functions, if it is not null, and
  // returns its type_id.
  std::uint32_t (*table_element)(InstanceRecord*, std::uint32_t table, std::uint64_t index);
  // Fills in the record of one of the referenced functions.
  void (*function_reference)(InstanceRecord*, std::uint32_t function);
  // A new exception of a tag, whose slots the caller then fills in.
  ExceptionRecord* (*exception_new)(InstanceRecord*, std::uint32_t tag);
  // Unwinds the stack to where the exception is handled; does not return. There the stack
  // pointer and the callee-saved registers are as they were at the call that is unwound,
  // and the exception is in the register of a first result.
  void (*throw_exception)(InstanceRecord*, ExceptionRecord*);
  // Proposal threads. The address is address + offset, which may not wrap
  // around; results are those of the operators.
  std::uint32_t (*memory_atomic_notify)(InstanceRecord*, std::uint32_t memory, std::uint64_t address,
                                        std::uint64_t offset, std::uint32_t count);
  std::uint32_t (*memory_atomic_wait32)(InstanceRecord*, std::uint32_t memory, std::uint64_t address,
                                        std::uint64_t offset, std::uint32_t expected,
                                        std::int64_t timeout_ns);
  std::uint32_t (*memory_atomic_wait64)(InstanceRecord*, std::uint32_t memory, std::uint64_t address,
                                        std::uint64_t offset, std::uint64_t expected,
                                        std::int64_t timeout_ns);
};
// memory_grow and table_grow return the old size in pages or elements, or this.
inline constexpr std::uint64_t kGrowFailed = ~std::uint64_t{0};

// One per store; every instance of the store points to it.
struct StoreRecord {
  std::uintptr_t stack_limit;  // set on each activation; host code may not run with less stack
  const Builtins* builtins;
  // kTailArgumentSlots of them, where an instance of the store has code for tail
  // calls. Written right before the jump and read right after it.
  std::uint64_t* tail_arguments;
  // What code that was compiled with metering may still execute, for all instances of the
  // store. It takes its charge before it acts and traps where that makes it negative, so
  // that at any instruction no more than one charge is open.
  std::int64_t fuel;
};
// As many as the parameters of any function type take.
inline constexpr std::size_t kTailArgumentSlots = 2000;

// The head of every instance; arrays follow as InstanceLayout says.
struct InstanceRecord {
  StoreRecord* store;
  void* owner;  // the runtime's own object; guest code never touches it
};

// What a host function looks like to the artifact's thunks. The runtime's own
// fields follow it in memory.
//   typed code: R (*)(HostFunctionRecord*, parameters...) in the C calling
//               convention, for types without v128 and with at most one result;
//   array code: void (*)(HostFunctionRecord*, uint64_t* slots), any type.
struct HostFunctionRecord {
  const void* code;
  StoreRecord* store;
};

// Where the arrays of an instance lie: computed from the module's counts, in the same way
// on both sides. Order of the arrays: as the fields below.
struct InstanceCounts {
  std::uint32_t memories = 0;  // imported ones first, as in the index space
  std::uint32_t tables = 0;
  std::uint32_t imported_functions = 0;
  std::uint32_t referenced_functions = 0;  // defined functions that have a FunctionRecord
  std::uint32_t globals = 0;               // all, imported ones first
  std::uint32_t types = 0;
  std::uint32_t tags = 0;  // all, imported ones first
};

class InstanceLayout {
 public:
  constexpr explicit InstanceLayout(const InstanceCounts& counts) : counts_(counts) {}

  // uint8_t* [memories]: the base of each.
  [[nodiscard]] constexpr std::uint64_t memory_base(std::uint32_t i) const {
    return sizeof(InstanceRecord) + 8 * std::uint64_t{i};
  }
  // MemoryRecord* [memories]
  [[nodiscard]] constexpr std::uint64_t memory(std::uint32_t i) const {
    return memory_base(counts_.memories) + 8 * std::uint64_t{i};
  }
  // TableRecord* [tables]
  [[nodiscard]] constexpr std::uint64_t table(std::uint32_t i) const {
    return memory(counts_.memories) + 8 * std::uint64_t{i};
  }
  // FunctionRecord [imported_functions], by value: what each import is bound to.
  [[nodiscard]] constexpr std::uint64_t imported_function(std::uint32_t i) const {
    return table(counts_.tables) + sizeof(FunctionRecord) * std::uint64_t{i};
  }
  // uint32_t [types]: the canonical id of each type of the module, padded to 8.
  [[nodiscard]] constexpr std::uint64_t type_id(std::uint32_t i) const {
    return imported_function(counts_.imported_functions) + 4 * std::uint64_t{i};
  }
  // void* [globals]: where the value of each global is: its own cell below, or
  // the cell of the instance that it was imported from. Guest code goes
  // through this for imported globals only.
  [[nodiscard]] constexpr std::uint64_t global_address(std::uint32_t i) const {
    return align(type_id(counts_.types), 8) + 8 * std::uint64_t{i};
  }
  // 16-byte cells [globals]; those of imported globals are unused.
  [[nodiscard]] constexpr std::uint64_t global_cell(std::uint32_t i) const {
    return align(global_address(counts_.globals), 16) + 16 * std::uint64_t{i};
  }
  // const TagRecord* [tags]
  [[nodiscard]] constexpr std::uint64_t tag(std::uint32_t i) const {
    return global_cell(counts_.globals) + 8 * std::uint64_t{i};
  }
  // FunctionRecord [referenced_functions], in the order of the plan's list. Last,
  // since there are many and few of them are ever looked at.
  [[nodiscard]] constexpr std::uint64_t referenced_function(std::uint32_t i) const {
    return tag(counts_.tags) + sizeof(FunctionRecord) * std::uint64_t{i};
  }
  [[nodiscard]] constexpr std::uint64_t size() const {
    return referenced_function(counts_.referenced_functions);
  }

 private:
  static constexpr std::uint64_t align(std::uint64_t value, std::uint64_t to) {
    return (value + to - 1) & ~(to - 1);
  }
  InstanceCounts counts_;
};
inline constexpr std::size_t kInstanceAlignment = 64;

// The artifact's one dynamic symbol. Offsets are in bytes from the start of
// this structure, so that the artifact needs no dynamic relocation.
struct Descriptor {
  static constexpr std::uint64_t kMagic = 0x31304E4F4E4554;  // "TENON01"
  std::uint64_t magic;
  std::uint32_t abi_version;
  std::uint32_t card_shift;      // of the module's own 32-bit memories; 0: its code marks no cards
  std::uint8_t note_sha256[32];  // of the note's payload: proves that note and code belong together
  std::int64_t plan;             // serialised InstantiationPlan
  std::uint64_t plan_size;
  std::int64_t names;  // serialised function names, see plan.hpp
  std::uint64_t names_size;
  std::int64_t data;  // bytes of the data segments that are not in the image
  std::uint64_t data_size;
  std::int64_t image;          // initial contents of memory 0, page-aligned; from address image_start
  std::uint64_t image_size;    // bytes, a multiple of kImageAlignment, or 0
  std::uint64_t image_start;   // guest address, a multiple of kImageAlignment
  std::int64_t function_code;  // int64_t [defined functions]: offset of each one's code, 0 if inlined away
  // int64_t [defined functions]: FunctionRecord::tail_code or 0. 0 where no function
  // makes tail calls; else stores need StoreRecord::tail_arguments.
  std::int64_t tail_code;
  std::uint64_t function_count;
  std::int64_t entries;  // int64_t [types]: offset of each type's EntryFunction, 0 for none
  std::uint64_t type_count;
  std::int64_t import_thunks;  // ImportThunks [imported functions]
  std::uint64_t import_count;
};

// Guest-convention code for an imported function that is bound to a host function: it
// calls typed or array code. `typed` is 0 where the type has no typed code.
struct ImportThunks {
  std::int64_t typed;
  std::int64_t array;
};

// Bounds by guard pages: the address space that a 32-bit memory takes. Any 32-bit index
// plus any 32-bit offset plus the widest access stays inside.
inline constexpr std::uint64_t kMemoryReservation = (std::uint64_t{8} << 30) + 65536;
inline constexpr std::uint64_t kMemoryGuardBefore = 65536;
// The guard behind all that a 64-bit memory may grow to. Guest code compares the address
// with the memory's size; what it adds after that (offset and width) is at most this much.
inline constexpr std::uint64_t kMemory64Guard = std::uint64_t{1} << 20;

// Cards: a byte for each 2^card_shift bytes of a memory. Code of a resettable module sets
// the byte before it writes, so that all writes can be undone without looking at the rest.
// A mark stands for kCardReach bytes from the address that it was made for, so that one
// serves several fields of an object; what is undone of a card reaches as far beyond it.
// They lie in front of the guard before the memory, card 0 at the base - kCardsBefore. There
// is a card for any address that guest code may compute, and a page before the first for
// marks just below the memory, which an optimised address may have.
inline constexpr unsigned kSmallCardShift = 8;
inline constexpr unsigned kLargeCardShift = 12;  // where the memory begins with kManyPages
inline constexpr std::uint64_t kManyPages = 64;
inline constexpr std::uint64_t kCardReach = 128;
inline constexpr std::uint64_t kCardBytes = (kMemoryReservation >> kSmallCardShift) + 3840;  // whole pages
inline constexpr std::uint64_t kCardsBefore = kMemoryGuardBefore + kCardBytes;
inline constexpr std::uint64_t kPageBeforeCards = 4096;
static_assert(kCardBytes % 4096 == 0);
// Of a module's memories that many have cards at most, its first 32-bit ones of its own.
inline constexpr std::size_t kMostMemoriesWithCards = 8;

}  // namespace tenon::artifact
