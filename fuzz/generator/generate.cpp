#include "generate.hpp"

#include "body.hpp"
#include "digest.hpp"
#include "hostile_names.hpp"

namespace tenon::fuzz {
namespace {

enum Section : std::uint8_t {
  kCustom = 0,
  kTypes = 1,
  kImports = 2,
  kFunctions = 3,
  kTables = 4,
  kMemories = 5,
  kGlobals = 6,
  kExports = 7,
  kElements = 9,
  kCode = 10,
  kData = 11,
  kTags = 13,
};

// The sections, of which that of types needs to be made last: bodies add to it.
class Writer {
 public:
  Writer(Shape& shape, Random& random) : shape_(shape), random_(random) {}

  std::vector<std::uint8_t> write_module() {
    const Bytes code = code_section();
    Bytes module;
    module.little_endian(0x6D736100, 4).little_endian(1, 4);
    module.section(kTypes, types()).section(kImports, imports()).section(kFunctions, functions());
    module.section(kTables, tables()).section(kMemories, memories()).section(kTags, tags());
    module.section(kGlobals, globals()).section(kExports, exports()).section(kElements, elements());
    module.section(kCode, code).section(kData, data());
    if (shape_.hostile || random_.percent(50)) module.section(kCustom, names());
    return module.get();
  }

 private:
  static void write_limits(Bytes& out, const Limits& limits) {
    out.byte(limits.is_64 ? 5 : 1).unsigned_number(limits.minimum).unsigned_number(limits.maximum);
  }
  static void write_table(Bytes& out, const Table& table) {
    write(out, table.element);
    write_limits(out, table.limits);
  }
  static void write_offset(Bytes& out, const Limits& limits, std::int64_t offset) {
    out.byte(limits.is_64 ? 0x42 : 0x41).signed_number(offset).byte(0x0B);
  }

  Bytes types() const {
    Bytes out;
    out.unsigned_number(shape_.types.size());
    for (const FunctionType& type : shape_.types) {
      out.byte(0x60);
      write(out, type.parameters);
      write(out, type.results);
    }
    return out;
  }

  Bytes imports() const {
    Bytes out;
    out.unsigned_number(shape_.imports.size());
    for (const Import& item : shape_.imports) {
      out.name(item.module).name(item.name).byte(static_cast<std::uint8_t>(item.kind));
      switch (item.kind) {
        case Kind::function: out.unsigned_number(shape_.functions[item.index]); break;
        case Kind::table: write_table(out, shape_.tables[item.index]); break;
        case Kind::memory: write_limits(out, shape_.memories[item.index]); break;
        case Kind::global:
          write(out, shape_.globals[item.index].type);
          out.byte(shape_.globals[item.index].is_mutable ? 1 : 0);
          break;
        case Kind::tag: out.byte(0).unsigned_number(shape_.tags[item.index]); break;
      }
    }
    return out;
  }

  Bytes functions() const {
    Bytes out;
    out.unsigned_number(shape_.functions.size() - shape_.imported_functions);
    for (std::size_t i = shape_.imported_functions; i < shape_.functions.size(); ++i)
      out.unsigned_number(shape_.functions[i]);
    return out;
  }

  Bytes tables() const {
    Bytes out;
    out.unsigned_number(shape_.tables.size() - shape_.imported_tables);
    for (std::size_t i = shape_.imported_tables; i < shape_.tables.size(); ++i)
      write_table(out, shape_.tables[i]);
    return out;
  }

  Bytes memories() const {
    Bytes out;
    out.unsigned_number(shape_.memories.size() - shape_.imported_memories);
    for (std::size_t i = shape_.imported_memories; i < shape_.memories.size(); ++i)
      write_limits(out, shape_.memories[i]);
    return out;
  }

  Bytes tags() const {
    Bytes out;
    out.unsigned_number(shape_.tags.size() - shape_.imported_tags);
    for (std::size_t i = shape_.imported_tags; i < shape_.tags.size(); ++i)
      out.byte(0).unsigned_number(shape_.tags[i]);
    return out;
  }

  void write_initial(Bytes& out, Type t, bool is_fuel) {
    if (is_fuel) {
      out.byte(0x41).signed_number(shape_.full_fuel);
    } else if (t == i32) {
      out.byte(0x41).signed_number(static_cast<std::int32_t>(random_.telling_number()));
    } else if (t == i64) {
      out.byte(0x42).signed_number(static_cast<std::int64_t>(random_.telling_number()));
    } else if (t == f32) {
      out.byte(0x43).little_endian(0x3FC00000, 4);
    } else if (t == f64) {
      out.byte(0x44).little_endian(0xC00C000000000000, 8);
    } else if (t == v128) {
      out.byte(0xFD).unsigned_number(12).little_endian(random_.bits(), 8).little_endian(random_.bits(), 8);
    } else if (t.code == kRef) {
      out.byte(0xD2).unsigned_number(function_of(static_cast<std::uint32_t>(t.heap)));
    } else {
      write_null(out, t);
    }
    out.byte(0x0B);
  }
  static void write_null(Bytes& out, Type t) {
    out.byte(0xD0);
    t.code == kRefNull ? out.signed_number(t.heap) : out.byte(t.code);
  }
  std::uint32_t function_of(std::uint32_t type) const {
    std::uint32_t f = 0;
    while (shape_.functions[f] != type) ++f;
    return f;
  }

  Bytes globals() {
    Bytes out;
    out.unsigned_number(shape_.globals.size() - shape_.imported_globals);
    for (std::size_t i = shape_.imported_globals; i < shape_.globals.size(); ++i) {
      write(out, shape_.globals[i].type);
      out.byte(shape_.globals[i].is_mutable ? 1 : 0);
      write_initial(out, shape_.globals[i].type, i == shape_.fuel);
    }
    return out;
  }

  Bytes exports() const {
    Bytes out;
    out.unsigned_number(shape_.exports.size());
    for (const Export& item : shape_.exports)
      out.name(item.name).byte(static_cast<std::uint8_t>(item.kind)).unsigned_number(item.index);
    return out;
  }

  // One that declares every function, and one for each table of functions that is defined here.
  Bytes elements() const {
    Bytes list;
    std::uint32_t count = 1;
    list.byte(3).byte(0).unsigned_number(shape_.functions.size());
    for (std::uint32_t f = 0; f < shape_.functions.size(); ++f) list.unsigned_number(f);
    for (std::uint32_t i = shape_.imported_tables; i < shape_.tables.size(); ++i) {
      const Table& table = shape_.tables[i];
      if (!is_function_reference(table.element)) continue;
      ++count;
      list.byte(6).unsigned_number(i);
      write_offset(list, table.limits, 0);
      write(list, table.element);
      list.unsigned_number(table.contents.size());
      for (const auto& function : table.contents) {
        function ? list.byte(0xD2).unsigned_number(*function) : (write_null(list, table.element), list);
        list.byte(0x0B);
      }
    }
    Bytes out;
    return out.unsigned_number(count).append(list);
  }

  Bytes code_section() {
    const auto end = static_cast<std::uint32_t>(shape_.functions.size());
    Bytes out;
    out.unsigned_number(end - shape_.imported_functions);
    for (std::uint32_t f = shape_.imported_functions; f + 1 < end; ++f)
      out.sized(Body(shape_, f, random_).make());
    return out.sized(make_digest(shape_));
  }

  Bytes data() {
    Bytes out;
    out.unsigned_number(shape_.memories.size());
    for (std::uint32_t i = 0; i < shape_.memories.size(); ++i) {
      out.byte(2).unsigned_number(i);
      write_offset(out, shape_.memories[i], random_.below(4096));
      std::string bytes(random_.below(256), 0);
      for (char& b : bytes) b = static_cast<char>(random_.bits());
      out.name(bytes);
    }
    return out;
  }

  Bytes names() {
    Bytes list, out;
    list.unsigned_number(shape_.functions.size());
    for (std::size_t f = 0; f < shape_.functions.size(); ++f)
      list.unsigned_number(f).name(hostile_name(random_));
    return out.name("name").byte(0).sized(Bytes().name(hostile_name(random_))).byte(1).sized(list);
  }

  Shape& shape_;
  Random& random_;
};

std::vector<std::uint8_t> write_module(Shape& shape, Random& random) {
  return Writer(shape, random).write_module();
}

}  // namespace

GeneratedModules generate(std::uint64_t seed, std::uint64_t number) {
  Random random(seed * 0x9E3779B97F4A7C15u + number);
  Shape first = make_first(random);
  if (random.percent(50)) return {{}, write_module(first, random)};
  Shape second = make_second(first, random);
  // In this order: bodies of the first may not know types that the second adds.
  std::vector<std::uint8_t> bytes = write_module(first, random);
  return {std::move(bytes), write_module(second, random)};
}

}  // namespace tenon::fuzz
