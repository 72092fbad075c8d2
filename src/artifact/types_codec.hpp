// Types without their kind byte, for lists that hold one kind only.
#pragma once

#include <tenon/types.hpp>

#include "artifact/fields.hpp"

namespace tenon::artifact {

void write_bare_type(base::ByteWriter& out, const ExternType& type);
void write_function_type(base::ByteWriter& out, const FunctionType& type);
ValueType read_value_type(FieldReader& in);
FunctionType read_function_type(FieldReader& in);
TableType read_table_type(FieldReader& in);
MemoryType read_memory_type(FieldReader& in);
GlobalType read_global_type(FieldReader& in);
TagType read_tag_type(FieldReader& in);

}  // namespace tenon::artifact
