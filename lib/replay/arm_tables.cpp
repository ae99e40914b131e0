#include "replay/arm_tables.h"

#include "base/json.h"
#include "replay/metrics.h"

namespace ctt::replay {

std::string arms_json(const std::vector<std::vector<const LineageRun*>>& arms,
                      const market::Timeframe& timeframe) {
  base::JsonWriter json;
  json.array();
  for (const auto& seeds : arms) {
    std::vector<ArmMetrics> metrics;
    for (const auto* lineage : seeds) metrics.push_back(metrics_of(*lineage, timeframe));
    const auto range = range_of(metrics);
    json.object().field("arm", name(seeds.front()->arm)).raw_field("median", json_of(range.median));
    json.raw_field("lowest", json_of(range.lowest)).raw_field("highest", json_of(range.highest));
    json.key("seeds").array();
    for (std::size_t i = 0; i < seeds.size(); ++i)
      json.object().field("seed", seeds[i]->seed).raw_field("metrics", json_of(metrics[i])).end();
    json.end().end();
  }
  return json.end().text();
}

std::string cycles_json(const std::vector<std::vector<const LineageRun*>>& arms) {
  base::JsonWriter json;
  json.array();
  for (const auto& seeds : arms) {
    for (const auto* lineage : seeds) {
      for (const auto& cycle : lineage->cycles) {
        json.object()
            .field("arm", name(lineage->arm))
            .field("seed", lineage->seed)
            .field("number", cycle.number);
        json.field("slot", cycle.slot).field("window_first", cycle.window_first);
        json.field("window_last", cycle.window_last).field("outcome", name(cycle.outcome));
        json.field("reason", cycle.reason)
            .field("served", cycle.served)
            .field("serves_from", cycle.serves_from);
        json.field("latency_bars", cycle.latency_bars).field("sha256", cycle.sha256);
        json.field("oos_pct", cycle.oos_pct).field("parent_oos_pct", cycle.parent_oos_pct);
        if (cycle.placebo_outcome) json.field("placebo_outcome", name(*cycle.placebo_outcome));
        json.end();
      }
    }
  }
  return json.end().text();
}

std::string json_of(const PairedComparison& one) {
  base::JsonWriter json;
  json.object().field("arm", name(one.arm)).field("against", name(one.against));
  json.field("mean_pct", one.mean_pct).field("low_pct", one.low_pct).field("high_pct", one.high_pct);
  json.field("share_not_below_0", one.share_not_below_0).field("block_length", one.block_length);
  json.field("seeds", one.seeds)
      .field("years_needed", one.years_needed)
      .field("verdict", name(one.verdict))
      .end();
  return json.text();
}

}  // namespace ctt::replay
