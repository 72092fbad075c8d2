#include "runtime/instance/instance.hpp"

#include <cstring>
#include <functional>
#include <new>
#include <utility>

namespace tenon::runtime {

static_assert(ZeroedMemory::kAlignment >= artifact::kInstanceAlignment);

InstanceImpl::InstanceImpl(StoreImpl* store, artifact::StoreRecord* store_record, const Module& module)
    : store_(store), module_(module), block_(this->module().layout().size()) {
  if (block_.data() == nullptr) throw std::bad_alloc();
  const LoadedModule& loaded = this->module();
  *record() = {.store = store_record, .owner = static_cast<InstanceHead*>(this)};
  const auto type_ids = loaded.type_ids();
  if (!type_ids.empty())
    std::memcpy(at<void>(loaded.layout().type_id(0)), type_ids.data(), type_ids.size_bytes());

  const artifact::InstanceCounts& counts = loaded.counts();
  const artifact::InstantiationPlan& plan = loaded.plan();
  imported_memories_ = counts.memories - plan.memories.size();
  imported_tables_ = counts.tables - plan.tables.size();
  const auto imported_globals = static_cast<std::uint32_t>(counts.globals - plan.globals.size());
  own_cells_ = {at<std::uint8_t>(loaded.layout().global_cell(imported_globals)),
                plan.globals.size() * sizeof(GlobalImpl::own_cell)};
  memories_.reserve(counts.memories);
  tables_.reserve(counts.tables);
  globals_.reserve(counts.globals);
  own_globals_.reserve(plan.globals.size());  // never grows beyond: pointers to its elements are kept
  data_dropped_.resize(plan.data.size());
  elements_dropped_.resize(plan.elements.size());
}

void InstanceImpl::add_memory(MemoryImpl* memory) {
  const auto index = static_cast<std::uint32_t>(memories_.size());
  *at<std::uint8_t*>(module().layout().memory_base(index)) = memory->record.base;
  *at<artifact::MemoryRecord*>(module().layout().memory(index)) = &memory->record;
  memories_.push_back(memory);
}

void InstanceImpl::add_table(TableImpl* table) {
  const auto index = static_cast<std::uint32_t>(tables_.size());
  *at<artifact::TableRecord*>(module().layout().table(index)) = &table->record;
  tables_.push_back(table);
}

void InstanceImpl::add_tag(TagImpl* tag) {
  const auto index = static_cast<std::uint32_t>(tags_.size());
  *at<const artifact::TagRecord*>(module().layout().tag(index)) = tag;
  tags_.push_back(tag);
}

void InstanceImpl::add_global(GlobalImpl* global) {
  const auto index = static_cast<std::uint32_t>(globals_.size());
  *at<void*>(module().layout().global_address(index)) = global->cell;
  globals_.push_back(global);
}

GlobalImpl* InstanceImpl::add_own_global(const GlobalType& type) {
  const auto index = static_cast<std::uint32_t>(globals_.size());
  GlobalImpl& global = own_globals_.emplace_back();
  global.store = store_;
  global.cell = at<void>(module().layout().global_cell(index));
  global.type = type;
  add_global(&global);
  return &global;
}

void InstanceImpl::set_imported_function(std::uint32_t index, const artifact::FunctionRecord& record) {
  *at<artifact::FunctionRecord>(module().layout().imported_function(index)) = record;
}

MemoryImpl* InstanceImpl::main_memory() const {
  const auto index = module().main_memory();
  return index ? memories_[*index] : nullptr;
}

const artifact::FunctionRecord* InstanceImpl::function(std::uint32_t index) const {
  const artifact::InstanceLayout& layout = module().layout();
  if (index < module().counts().imported_functions) {
    return at<artifact::FunctionRecord>(layout.imported_function(index));
  }
  auto* const made = at<artifact::FunctionRecord>(layout.referenced_function(module().record_index(index)));
  if (made->code == nullptr) {
    *made = module().record_for(index);
    made->context = record();
  }
  return made;
}

void InstanceImpl::tell_stop() {
  for (MemoryImpl* memory : own_memories()) memory->note_stop();
}

std::optional<std::uint32_t> InstanceImpl::index_of(const artifact::FunctionRecord* record) const {
  const auto* const imported = at<artifact::FunctionRecord>(module().layout().imported_function(0));
  const std::uint32_t count = module().counts().imported_functions;
  if (!std::less<>{}(record, imported) && std::less<>{}(record, imported + count))
    return static_cast<std::uint32_t>(record - imported);
  if (record->context != this->record()) return std::nullopt;
  return record->function_index;
}

base::ByteView InstanceImpl::data_segment(std::uint32_t index) const {
  const artifact::DataPlan& segment = module().plan().data[index];
  // An active segment counts as dropped as soon as there is an instance.
  if (data_dropped_[index] || segment.mode != artifact::SegmentMode::passive) return {};
  return module().data(segment);
}

std::span<const artifact::ConstantExpression> InstanceImpl::element_segment(std::uint32_t index) const {
  if (elements_dropped_[index]) return {};
  return module().plan().elements[index].elements;
}

}  // namespace tenon::runtime
