// Stores and what lives in them: instances, functions, memories, tables and
// globals (WebAssembly 2.0, section 4.2), and tags.
//
//   tenon::Store store;
//   tenon::Imports imports;
//   imports.function("env", "add_one", [](std::int32_t i) { return i + 1; });
//   auto instance = store.instantiate(*module, imports);
//   auto fib = instance->function<std::int32_t(std::int32_t)>("fib");
//   std::expected<std::int32_t, tenon::Error> result = (*fib)(20);
//
// A Store owns everything made in it and frees it all at once. The handles
// (Instance, Function, Memory, Table, Global, Tag) are small values, valid while
// their store lives; using one after that is undefined. A store, with all its
// handles, is used by one thread at a time; it may move to another thread
// between calls. Different stores are independent but for what they share by
// intent: modules, and memories of a shared type (tenon/shared_memory.hpp).
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tenon/api.hpp>
#include <tenon/error.hpp>
#include <tenon/host_function.hpp>
#include <tenon/module.hpp>
#include <tenon/shared_memory.hpp>
#include <tenon/types.hpp>
#include <tenon/value.hpp>

namespace tenon::runtime {
class StoreImpl;
class InstanceImpl;
class MemoryImpl;
class TableImpl;
struct GlobalImpl;
struct TagImpl;
}  // namespace tenon::runtime
namespace tenon::artifact {
struct FunctionRecord;
}

namespace tenon TENON_API {

class Store;
template <typename Signature>
class TypedFunction;

struct StoreOptions {
  // Bytes that guests may make the store hold, in all: its linear memories
  // (what is accessible, touched or not), its tables (32 bytes for a reference
  // to a function, 8 for any other), exceptions that are alive, and what the log
  // of a plugin keeps. Growing beyond fails as the specification lets it, with
  // -1; an initial size beyond is an error at instantiate (out_of_resources),
  // and so is, in a call, an exception. By default one 32-bit memory can be as
  // large as any, with 256 MiB for the rest. A SharedMemory that the host made
  // has a limit of its own and does not count. What an instance takes by itself,
  // which is in proportion to its artifact, does not count either.
  // A 64-bit memory takes as much address space as it may grow to, so its
  // declared maximum or this limit, and 1 TiB at most.
  std::uint64_t memory_limit = (std::uint64_t{4} << 30) + (std::uint64_t{256} << 20);
  // Elements that any one table may have, likewise; 2^32 - 1 at most.
  std::uint64_t table_limit = 10'000'000;
  // Stack that host functions can count on when a guest calls them, in bytes;
  // a guest that has used up all but this much gets TrapCode::stack_exhaustion.
  std::size_t host_stack_reserve = 128 * 1024;
  // After a trap an instance's state is whatever the guest left behind, so it
  // refuses further calls with ErrorCode::poisoned. The specification's own
  // rule, that the instance stays usable, is had with false.
  bool poison_after_trap = true;
};

// A function of a store: a guest's export, or one made from a HostFunction.
class Function {
 public:
  [[nodiscard]] const FunctionType& type() const;
  // Argument count and types are checked (signature_mismatch), of references
  // also what they refer to: a function of another store is none of any type.
  [[nodiscard]] std::expected<std::vector<Value>, Error> call(std::span<const Value> arguments) const;
  // Fails with signature_mismatch unless R(Args...) is exactly this function's type.
  template <typename Signature>
  [[nodiscard]] std::expected<TypedFunction<Signature>, Error> typed() const;
  [[nodiscard]] FuncRef reference() const { return {record_}; }

  // For Tenon's own layers.
  Function(runtime::StoreImpl* store, const artifact::FunctionRecord* record)
      : store_(store), record_(record) {}
  [[nodiscard]] const artifact::FunctionRecord* record() const { return record_; }
  [[nodiscard]] runtime::StoreImpl* store() const { return store_; }

 private:
  runtime::StoreImpl* store_;
  const artifact::FunctionRecord* record_;
};

class Memory {
 public:
  [[nodiscard]] MemoryType type() const;     // minimum is the current size
  [[nodiscard]] std::uint64_t size() const;  // bytes
  // All of the memory. Its start never moves; its size is that of now.
  [[nodiscard]] std::span<std::uint8_t> data() const;
  // `size` bytes at `address`, or ErrorCode::protocol if not all inside.
  [[nodiscard]] std::expected<std::span<std::uint8_t>, Error> view(std::uint64_t address,
                                                                   std::uint64_t size) const;
  // Grows by pages; the old size in pages, or nullopt where a limit says no.
  std::optional<std::uint64_t> grow(std::uint64_t pages) const;
  // To be given to other stores; nullopt if the memory's type is not shared.
  [[nodiscard]] std::optional<SharedMemory> shared() const;

  explicit Memory(runtime::MemoryImpl* impl) : impl_(impl) {}
  [[nodiscard]] runtime::MemoryImpl* impl() const { return impl_; }

 private:
  runtime::MemoryImpl* impl_;
};

class Table {
 public:
  [[nodiscard]] TableType type() const;  // minimum is the current size
  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] std::expected<Value, Error> get(std::uint64_t index) const;
  [[nodiscard]] std::expected<void, Error> set(std::uint64_t index, const Value& value) const;
  std::optional<std::uint64_t> grow(std::uint64_t elements, const Value& value) const;

  explicit Table(runtime::TableImpl* impl) : impl_(impl) {}
  [[nodiscard]] runtime::TableImpl* impl() const { return impl_; }

 private:
  runtime::TableImpl* impl_;
};

class Global {
 public:
  [[nodiscard]] GlobalType type() const;
  [[nodiscard]] Value get() const;
  // Fails where the global is immutable, or the value is none of its type: of
  // another kind, null where the type has none, a function of another type.
  [[nodiscard]] std::expected<void, Error> set(const Value& value) const;

  explicit Global(runtime::GlobalImpl* impl) : impl_(impl) {}
  [[nodiscard]] runtime::GlobalImpl* impl() const { return impl_; }

 private:
  runtime::GlobalImpl* impl_;
};

// What tells exceptions of one kind from others (proposal exception-handling).
// Instances that import the same tag catch each other's exceptions.
class Tag {
 public:
  [[nodiscard]] TagType type() const;

  explicit Tag(runtime::TagImpl* impl) : impl_(impl) {}
  [[nodiscard]] runtime::TagImpl* impl() const { return impl_; }

 private:
  runtime::TagImpl* impl_;
};

// Alternatives in the order of ExternKind.
using Extern = std::variant<Function, Table, Memory, Global, Tag>;

class Instance {
 public:
  [[nodiscard]] std::optional<Extern> find_export(std::string_view name) const;
  // Errors: unknown_export, signature_mismatch.
  [[nodiscard]] std::expected<Function, Error> function(std::string_view name) const;
  template <typename Signature>
  [[nodiscard]] std::expected<TypedFunction<Signature>, Error> function(std::string_view name) const;
  [[nodiscard]] std::expected<Memory, Error> memory(std::string_view name = "memory") const;
  [[nodiscard]] const Module& module() const;
  // True once a call ended in a trap, host error or exit and the store poisons.
  [[nodiscard]] bool poisoned() const;

  explicit Instance(runtime::InstanceImpl* impl) : impl_(impl) {}
  [[nodiscard]] runtime::InstanceImpl* impl() const { return impl_; }

 private:
  runtime::InstanceImpl* impl_;
};

// What to do at instantiate about imports that nothing defines.
enum class UnknownImports : std::uint8_t {
  error,  // instantiate fails and names every one, or the first of very many
  trap,   // functions: an error (unknown_import) when called; the rest as `zero`
  zero,   // functions return zeros; globals are zero; memories and tables are made
};

// A host function for the name, or nullopt: the name is not known. `wanted` is
// the type of the import; a function of another type makes that import an error.
using FunctionProvider =
    std::function<std::optional<HostFunction>(std::string_view name, const FunctionType& wanted)>;

// Names for imports to be found by. Later definitions replace earlier ones.
// An ordinary value; may be used for many instantiations. Externs belong to one
// store and can only be used with it; a SharedMemory may be given to any.
class Imports {
 public:
  Imports();
  Imports(const Imports&);
  Imports(Imports&&) noexcept;
  Imports& operator=(const Imports&);
  Imports& operator=(Imports&&) noexcept;
  ~Imports();

  template <typename F>
  Imports& function(std::string_view module, std::string_view name, F&& callable) {
    return define(module, name, HostFunction(std::forward<F>(callable)));
  }
  Imports& define(std::string_view module, std::string_view name, HostFunction function);
  Imports& define(std::string_view module, std::string_view name, const Extern& item);
  Imports& define(std::string_view module, std::string_view name, SharedMemory memory);
  // Functions of a module that are made only where a guest imports them: asked
  // at each instantiate, for names that nothing defines; of several providers
  // for a module the later is asked first.
  Imports& provide(std::string_view module, FunctionProvider provider);
  // Every export of the instance, under the given module name.
  Imports& define_instance(std::string_view module, const Instance& instance);
  Imports& unknown(UnknownImports policy);

  struct Impl;
  [[nodiscard]] const Impl& impl() const { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

class Store {
 public:
  explicit Store(StoreOptions options = {});
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  // Binds imports (section 4.5.4: phase link, unknown_import or
  // incompatible_import), makes the instance, fills tables and memories from
  // the active segments and runs the start function (phase instantiate).
  [[nodiscard]] std::expected<Instance, Error> instantiate(const Module& module, const Imports& imports = {});

  [[nodiscard]] Function create_function(const HostFunction& function);
  // The initial values are checked as in Table::set and Global::set.
  [[nodiscard]] std::expected<Memory, Error> create_memory(const MemoryType& type);
  [[nodiscard]] std::expected<Table, Error> create_table(const TableType& type, const Value& initial);
  [[nodiscard]] std::expected<Global, Error> create_global(const GlobalType& type, const Value& initial);
  // Precondition: the type has no results.
  [[nodiscard]] Tag create_tag(const TagType& type);
  // Errors: invalid_argument, where the reference is null or of another store.
  // Precondition: its store lives.
  [[nodiscard]] std::expected<Function, Error> function_from(FuncRef reference);

  [[nodiscard]] runtime::StoreImpl* impl() const { return impl_.get(); }

 private:
  std::unique_ptr<runtime::StoreImpl> impl_;
};

}  // namespace tenon

#include <tenon/detail/typed_function.hpp>
