// The types, imports and exports that note and plan share, in bytes. In memory a reference
// type has the process's number of a function type. In the file it has that type's place
// in a list that comes first.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include <tenon/types.hpp>

#include "artifact/fields.hpp"
#include "base/type_registry.hpp"

namespace tenon::artifact {

class TypeWriter {
 public:
  explicit TypeWriter(base::ByteWriter& out) : out_(out) {}

  // First all types that will be written, then the list.
  void mention(ValueType type);
  void mention(const FunctionType& type);
  void mention(const ExternType& type);
  template <typename Items>  // imports or exports
  void mention_types_of(const Items& items) {
    for (const auto& item : items) mention(item.type);
  }
  void write_list_of_mentioned();

  void value(ValueType type);
  void function(const FunctionType& type);
  // Without its kind, for lists that hold one kind only.
  void bare(const ExternType& type);
  void imports(const std::vector<ImportType>& imports);
  void exports(const std::vector<ExportType>& exports);

 private:
  void any(const ExternType& type);

  base::ByteWriter& out_;
  std::map<std::uint32_t, std::uint32_t> places_;  // of the process's numbers
  std::vector<std::uint32_t> pending_;             // mentioned, but not yet what they mention
};

// FieldReader::ok tells whether all of it fitted.
class TypeReader {
 public:
  explicit TypeReader(FieldReader& in) : in_(in) {}

  void read_list_of_mentioned();
  // The uses of all types that were mentioned. When they go, the numbers in what was read
  // mean nothing any more.
  [[nodiscard]] std::shared_ptr<const base::TypeUses> uses() const { return uses_; }

  ValueType value();
  FunctionType function();
  TableType table();
  MemoryType memory();
  GlobalType global();
  std::vector<ImportType> imports();
  std::vector<ExportType> exports();

 private:
  ExternType any();

  FieldReader& in_;
  std::vector<ValueType> mentioned_;  // the reference types to the list's types
  std::shared_ptr<base::TypeUses> uses_ = base::make_shared_type_uses();
};

}  // namespace tenon::artifact
