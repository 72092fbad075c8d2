// How locals live and where they meet: see the notes on CostMeter::Part.
#include <algorithm>
#include <utility>

#include "compiler/analyze/body_cost.hpp"

namespace tenon::compiler {

CostMeter::Local& CostMeter::local(std::uint32_t index) {
  if (locals_.size() <= index) locals_.resize(index + 1);
  Local& local = locals_[index];
  if (local.set < began_) local = {.set = began_, .exposed = began_, .exposed_to_all = began_};
  return local;
}

// How many of the open parts were open by then.
std::size_t CostMeter::opened_before(std::uint64_t when) const {
  const auto after = std::ranges::upper_bound(open_, when, {}, &OpenPart::opened);
  return static_cast<std::size_t>(after - open_.begin());
}

// One for each open part from this one inward.
void CostMeter::count_from(std::size_t first_open, std::int64_t Part::* what) {
  if (first_open == open_.size()) return;
  parts_[open_.back().part].*what += 1;
  if (first_open > 0) parts_[open_[first_open - 1].part].*what -= 1;
}

// Whether parts have ended since the last access that the local had been set in.
bool CostMeter::cross(Local& local) {
  const std::uint32_t part = open_[opened_before(local.set) - 1].part;
  if (part == local.part) return false;
  parts_[local.part].crossings += 1;
  parts_[part].crossings -= 1;
  local.part = part;
  return true;
}

// To loops that opened since: its value may be of the round before.
void CostMeter::expose(std::uint64_t since) {
  count_from(opened_before(since), &Part::exposed);
  const auto opened = [&](std::size_t loop) { return open_[constructs_[loop].first_part].opened; };
  const auto loop = std::ranges::upper_bound(loops_, since, {}, opened);
  if (loop == loops_.end()) return;
  constructs_[*loop].live_in += 1;
  constructs_[*loop].live_from += block_;
}

void CostMeter::get(std::uint32_t index) {
  Local& local = this->local(index);
  const bool crosses = cross(local);
  // Where it was set in a part that has ended, it may not have been set at all.
  expose(crosses ? local.exposed_to_all : std::max(local.set, local.exposed));
  local.exposed = now_;
  if (crosses) local.exposed_to_all = now_;
  cost_.live += block_ - (crosses ? local.read_block : local.block);
  local.block = local.read_block = block_;
  local.was_set_since = false;
}

void CostMeter::set(std::uint32_t index) {
  Local& local = this->local(index);
  cross(local);
  count_from(opened_before(local.set), &Part::set);
  local.set = now_;
  local.part = open_.back().part;
  local.block = block_;
  if (!std::exchange(local.was_set_since, true)) local.read_block = block_;
}

}  // namespace tenon::compiler
