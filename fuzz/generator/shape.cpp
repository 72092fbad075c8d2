#include "shape.hpp"

#include <algorithm>
#include <set>

#include "hostile_names.hpp"

namespace tenon::fuzz {
namespace {

constexpr std::uint32_t kMostOperands = 1'000;  // parameters or results, by the JavaScript interface

// How wide the signatures of a module are.
enum class Width : std::uint8_t { small, wide, huge };

Width pick_width(Random& random) {
  const auto roll = random.below(100);
  return roll < 70 ? Width::small : roll < 94 ? Width::wide : Width::huge;
}

std::uint32_t pick_count(Width width, Random& random) {
  if (width == Width::small || random.percent(50)) return random.below(6);
  if (width == Width::wide || random.percent(60)) return random.below(48);
  return random.percent(20) ? kMostOperands : random.below(kMostOperands + 1);
}

class Maker {
 public:
  Maker(Shape shape, Random& random)
      : shape_(std::move(shape)), random_(random), width_(pick_width(random)) {}

  Type any_type() {
    if (random_.percent(75)) return random_.pick(Types{i32, i64, f32, f64, v128, v128, i64, f64});
    if (shape_.types.empty() || random_.percent(40)) return general_reference();
    if (random_.percent(10)) return {kRef, kFunc};
    const auto known = shape_.referable != 0 ? shape_.referable : shape_.types.size();
    const auto type = static_cast<std::int32_t>(random_.below(known));
    return {random_.percent(50) ? kRef : kRefNull, type};
  }

  // V8 refuses exnref beside the legacy instructions.
  Type general_reference() {
    const Type t = random_.pick(Types{funcref, externref, exnref});
    return t == exnref && shape_.legacy_exceptions ? externref : t;
  }

  // Of few types each, so that all of a machine's registers of one kind fill up.
  Types types() {
    Types palette, list(pick_count(width_, random_));
    for (auto left = 1 + random_.below(4); left > 0; --left) palette.push_back(any_type());
    for (Type& t : list) t = random_.pick(palette);
    return list;
  }

  void add_types() {
    for (auto left = random_.between(2, 6); left > 0; --left) {
      const bool familiar = !shape_.types.empty() && random_.percent(60);
      // The results of another type: tail calls need those to agree.
      const Types results = familiar ? random_.pick(shape_.types).results : types();
      shape_.number_of({types(), results});
    }
  }

  std::string name() {
    return shape_.hostile ? hostile_name(random_) : "n" + std::to_string(random_.below(10'000));
  }

  // Of what can cross into JavaScript.
  void add_loggers() {
    for (shape_.loggers = 1 + random_.below(3); shape_.imported_functions < shape_.loggers;
         ++shape_.imported_functions) {
      FunctionType type;
      const auto count = std::min(pick_count(width_, random_), kMostOperands / 2);
      for (std::uint32_t i = 0; i < count; ++i)
        type.parameters.push_back(random_.pick(Types{i32, i64, f32, f64, v128, funcref, externref}));
      for (auto left = random_.below(4); left > 0; --left)
        type.results.push_back(random_.pick(Types{i32, i64, f32, f64}));
      shape_.imports.push_back({name() + "!", name(), Kind::function, shape_.imported_functions});
      shape_.functions.push_back(shape_.number_of(type));
    }
  }

  void import_from(const Shape& first) {
    for (const Export& item : first.exports) {
      if (item.name == kFuel || (item.name != kDigest && random_.percent(30))) continue;
      import_one(first, item);
    }
    shape_.imported_functions = static_cast<std::uint32_t>(shape_.functions.size());
    shape_.imported_tables = static_cast<std::uint32_t>(shape_.tables.size());
    shape_.imported_memories = static_cast<std::uint32_t>(shape_.memories.size());
    shape_.imported_globals = static_cast<std::uint32_t>(shape_.globals.size());
    shape_.imported_tags = static_cast<std::uint32_t>(shape_.tags.size());
  }

  // After all that is imported; every type has a function of its own.
  void define() {
    for (std::uint32_t type = 0; type < shape_.types.size(); ++type) shape_.functions.push_back(type);
    shape_.referable = static_cast<std::uint32_t>(shape_.types.size());
    for (auto left = random_.below(4); left > 0; --left)
      shape_.functions.push_back(random_.below(shape_.types.size()));
    for (auto left = random_.between(1, 3); left > 0; --left) add_table();
    for (auto left = random_.between(1, 2); left > 0; --left) {
      const std::uint32_t pages = random_.between(1, 2);
      shape_.memories.push_back({pages, pages + random_.below(3), random_.percent(30)});
    }
    shape_.fuel = static_cast<std::uint32_t>(shape_.globals.size());
    shape_.globals.push_back({i32, true});
    for (auto left = random_.below(8); left > 0; --left)
      shape_.globals.push_back({any_type(), random_.percent(75)});
    std::erase_if(shape_.globals, [](const Global& g) { return g.type == Type{kRef, kFunc}; });
    for (auto left = random_.between(1, 3); left > 0; --left)
      shape_.tags.push_back(shape_.number_of({types(), {}}));
    shape_.full_fuel = random_.pick(std::vector<std::uint32_t>{200, 1'000, 20'000});
    shape_.call_cost = shape_.full_fuel / 40;
  }

  void export_all() {
    std::set<std::string> taken{kDigest, kFuel};
    const auto add = [&](Kind kind, std::size_t count) {
      for (std::uint32_t i = 0; i < count; ++i) {
        if (kind == Kind::global && i == shape_.fuel) continue;
        std::string text = name();
        while (!taken.insert(text).second) text += std::to_string(random_.below(10));
        shape_.exports.push_back({std::move(text), kind, i});
      }
    };
    add(Kind::function, shape_.functions.size());
    add(Kind::table, shape_.tables.size());
    add(Kind::memory, shape_.memories.size());
    add(Kind::global, shape_.globals.size());
    add(Kind::tag, shape_.tags.size());
    shape_.exports.push_back({kFuel, Kind::global, shape_.fuel});
    // Bodies come in order; the digest's is the last.
    shape_.exports.push_back({kDigest, Kind::function, static_cast<std::uint32_t>(shape_.functions.size())});
    shape_.functions.push_back(shape_.number_of({{}, {i64}}));
  }

  Shape take() && { return std::move(shape_); }

 private:
  void import_one(const Shape& first, const Export& item) {
    const auto add = [&](std::size_t index) {
      shape_.imports.push_back({kFirstInstance, item.name, item.kind, static_cast<std::uint32_t>(index)});
    };
    switch (item.kind) {
      case Kind::function:
        add(shape_.functions.size());
        shape_.functions.push_back(first.functions[item.index]);
        break;
      case Kind::table:
        add(shape_.tables.size());
        shape_.tables.push_back(first.tables[item.index]);
        shape_.tables.back().contents.assign(first.tables[item.index].contents.size(), std::nullopt);
        break;
      case Kind::memory:
        add(shape_.memories.size());
        shape_.memories.push_back(first.memories[item.index]);
        break;
      case Kind::global:
        add(shape_.globals.size());
        shape_.globals.push_back(first.globals[item.index]);
        break;
      case Kind::tag:
        add(shape_.tags.size());
        shape_.tags.push_back(first.tags[item.index]);
        break;
    }
  }

  void add_table() {
    Table table;
    const auto roll = random_.below(10);
    table.element = roll < 6   ? funcref
                    : roll < 8 ? Type{kRefNull, static_cast<std::int32_t>(random_.below(shape_.referable))}
                               : general_reference();
    const std::uint32_t size = random_.between(1, 16);
    table.limits = {size, size + random_.below(12), random_.percent(20)};
    table.contents.resize(size);
    if (is_function_reference(table.element)) {
      for (auto& place : table.contents) {
        const auto function = random_.below(shape_.functions.size());
        const Type type{kRef, static_cast<std::int32_t>(shape_.functions[function])};
        if (random_.percent(85) && is_subtype(type, table.element)) place = function;
      }
    }
    shape_.tables.push_back(std::move(table));
  }

  Shape shape_;
  Random& random_;
  Width width_;
};

}  // namespace

std::uint32_t Shape::number_of(const FunctionType& type) {
  const auto found = std::ranges::find(types, type);
  const auto number = static_cast<std::uint32_t>(found - types.begin());
  if (found == types.end()) types.push_back(type);
  return number;
}

Shape make_first(Random& random) {
  Shape start;
  start.most_statements = random.pick(std::vector<std::uint32_t>{12, 12, 25, 25, 120});
  start.legacy_exceptions = random.percent(25);
  start.hostile = random.percent(80);
  Maker maker(std::move(start), random);
  maker.add_types();
  maker.add_loggers();
  maker.define();
  maker.export_all();
  return std::move(maker).take();
}

Shape make_second(const Shape& first, Random& random) {
  Shape start;
  start.types = first.types;
  start.most_statements = first.most_statements;
  start.legacy_exceptions = first.legacy_exceptions;
  start.hostile = first.hostile;
  Maker maker(std::move(start), random);
  maker.add_types();
  maker.add_loggers();
  maker.import_from(first);
  maker.define();
  maker.export_all();
  return std::move(maker).take();
}

}  // namespace tenon::fuzz
