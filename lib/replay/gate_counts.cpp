#include "replay/gate_counts.h"

#include <algorithm>
#include <map>

#include "base/json.h"

namespace ctt::replay {

namespace {

using Lineages = std::vector<const LineageRun*>;
using OutcomeCounts = std::map<SlotOutcome, std::size_t>;

bool tried(const ReplayedCycle& cycle) { return cycle.placebo_outcome.has_value(); }

bool tried_its_gate(const LineageRun* lineage) { return std::ranges::any_of(lineage->cycles, tried); }

std::string json_of(const OutcomeCounts& counts) {
  base::JsonWriter json;
  json.object();
  for (const auto outcome : {SlotOutcome::passed, SlotOutcome::rejected, SlotOutcome::undecided,
                             SlotOutcome::skipped, SlotOutcome::failed}) {
    const auto found = counts.find(outcome);
    json.field(name(outcome), found == counts.end() ? std::size_t(0) : found->second);
  }
  return json.end().text();
}

std::string outcomes_json(const Lineages* lineages) {
  if (lineages == nullptr) return "null";
  OutcomeCounts counts;
  for (const auto* lineage : *lineages) {
    for (const auto& cycle : lineage->cycles) ++counts[cycle.outcome];
  }
  return json_of(counts);
}

}  // namespace

std::string gate_json(const Lineages* gated, const Lineages* real, const Lineages* placebos) {
  base::JsonWriter json;
  json.object();
  if (gated == nullptr || std::ranges::none_of(*gated, tried_its_gate)) {
    json.raw_field("real", outcomes_json(real)).raw_field("placebo", outcomes_json(placebos));
    return json.field("same_parent", false).end().text();
  }
  OutcomeCounts candidates, of_placebos;
  for (const auto* lineage : *gated) {
    for (const auto& cycle : lineage->cycles) {
      ++candidates[cycle.outcome];
      ++of_placebos[cycle.placebo_outcome.value_or(cycle.outcome)];  // one that was skipped was so for both
    }
  }
  json.raw_field("real", json_of(candidates)).raw_field("placebo", json_of(of_placebos));
  return json.field("same_parent", true).end().text();
}

}  // namespace ctt::replay
