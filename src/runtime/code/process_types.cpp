#include "runtime/code/process_types.hpp"

#include <utility>

#include "base/error.hpp"

namespace tenon::runtime {

namespace {

class ProcessTypes {
 public:
  ProcessTypes(const artifact::NumberedTypes& types, base::TypeUses& uses) {
    references_.reserve(types.size());
    for (FunctionType type : types) {  // each refers to those before it
      renumber(type);
      const std::uint32_t id = uses.add(type);
      // Safety: to guest code this number is no type but null.
      if (id == base::kNoTypeId) ok_ = false;
      references_.push_back(detail::reference_to_number(id));
    }
  }

  [[nodiscard]] bool ok() const { return ok_; }

  void renumber(ValueType& type) const {
    if (!detail::has_number(type)) return;
    const ValueType reference = references_[detail::number_of(type)];
    type = has_default(type) ? reference : non_null(reference);
  }
  void renumber(FunctionType& type) const {
    for (ValueType& value : type.parameters) renumber(value);
    for (ValueType& value : type.results) renumber(value);
  }
  void renumber(TableType& type) const { renumber(type.element); }
  void renumber(MemoryType&) const {}
  void renumber(GlobalType& type) const { renumber(type.value); }
  void renumber(TagType& type) const { renumber(type.type); }
  void renumber(ExternType& type) const {
    std::visit([&](auto& one) { renumber(one); }, type);
  }
  template <typename Items>  // whatever has a type: imports, exports, tables, globals, segments
  void renumber_all(Items& items) const {
    for (auto& item : items) renumber(item.type);
  }

 private:
  bool ok_ = true;
  std::vector<ValueType> references_;  // to each of the types
};

std::unexpected<Error> no_numbers_left() {
  return base::fail(Phase::load, ErrorCode::out_of_resources,
                    "the process has no numbers left for function types");
}

}  // namespace

std::expected<ArtifactInfo, Error> in_process_types(artifact::Note note) {
  auto uses = std::make_shared<base::TypeUses>();
  const ProcessTypes types(note.numbered_types, *uses);
  if (!types.ok()) return no_numbers_left();
  types.renumber_all(note.info.imports);
  types.renumber_all(note.info.exports);
  note.info.types_used = std::move(uses);
  return std::move(note.info);
}

std::expected<artifact::InstantiationPlan, Error> in_process_types(artifact::InstantiationPlan plan,
                                                                   base::TypeUses& uses) {
  const ProcessTypes types(std::exchange(plan.numbered_types, {}), uses);
  if (!types.ok()) return no_numbers_left();
  for (FunctionType& type : plan.types) types.renumber(type);
  types.renumber_all(plan.imports);
  types.renumber_all(plan.exports);
  types.renumber_all(plan.tables);
  types.renumber_all(plan.globals);
  types.renumber_all(plan.elements);
  return plan;
}

}  // namespace tenon::runtime
