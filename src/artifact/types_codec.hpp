// The types, imports and exports that note and plan share, in bytes. A reference type
// has a number: the place of a function type in a list (NumberedTypes). In the file that
// list comes first, and holds only what is mentioned after it.
#pragma once

#include <map>
#include <vector>

#include <tenon/types.hpp>

#include "artifact/fields.hpp"

namespace tenon::artifact {

// What the numbers of reference types in a note or a plan are places in. The compiler has
// all types of the module there; out of a file come those that are mentioned. Each refers
// only to those before it.
using NumberedTypes = std::vector<FunctionType>;

class TypeWriter {
 public:
  TypeWriter(base::ByteWriter& out, const NumberedTypes& types) : out_(out), types_(types) {}

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
  const NumberedTypes& types_;
  std::map<std::uint32_t, std::uint32_t> places_;  // in the file's list
  std::vector<std::uint32_t> pending_;             // mentioned, but not yet what they mention
};

// FieldReader::ok tells whether all of it fitted.
class TypeReader {
 public:
  explicit TypeReader(FieldReader& in) : in_(in) {}

  [[nodiscard]] NumberedTypes list_of_mentioned();

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
  std::uint32_t mentioned_ = 0;  // types in the list, as far as it is read
};

}  // namespace tenon::artifact
