#include "replay/result_document.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/json.h"
#include "base/sha256.h"
#include "base/version.h"
#include "evaluation/block_length.h"
#include "evaluation/overfitting.h"
#include "evaluation/superior_predictive_ability.h"
#include "replay/arm_tables.h"
#include "replay/comparison.h"
#include "replay/curves.h"
#include "replay/gate_counts.h"
#include "replay/metrics.h"
#include "replay/random_traders.h"
#include "replay/sentence.h"

namespace ctt::replay {

namespace {

using Lineages = std::vector<const LineageRun*>;

constexpr std::size_t kOverfittingPointsMin = 4;
constexpr std::uint64_t kRandomTradersSeed = 21;

// The lineages of one point, arm by arm in the order of the settings.
struct PointResult {
  const GridPoint* point = nullptr;
  std::vector<Lineages> arms;

  const Lineages* of(std::optional<Arm> arm) const {
    const auto found =
        std::ranges::find_if(arms, [&](const Lineages& seeds) { return arm && seeds.front()->arm == *arm; });
    return found == arms.end() ? nullptr : &*found;
  }
};

std::vector<PointResult> by_point(const std::vector<GridPoint>& points,
                                  const std::vector<LineageRun>& lineages) {
  std::vector<PointResult> results(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) results[i].point = &points[i];
  for (const auto& lineage : lineages) {
    auto& arms = results[lineage.point].arms;
    if (arms.empty() || arms.back().front()->arm != lineage.arm) arms.emplace_back();
    arms.back().push_back(&lineage);
  }
  return results;
}

std::optional<Arm> first_of(const PointResult& result, std::initializer_list<Arm> arms) {
  for (const auto arm : arms) {
    if (result.of(arm) != nullptr) return arm;
  }
  return std::nullopt;
}

// What the replay is about: the retraining that a schedule would do.
std::optional<Arm> subject_of(const PointResult& result) {
  return first_of(result, {Arm::gated, Arm::always, Arm::scratch, Arm::never});
}

// The returns of an account that is shared out over the seeds anew each bar.
std::vector<double> mean_returns(const Lineages& seeds) {
  std::vector<double> mean;
  for (const auto* lineage : seeds) {
    const auto returns = returns_of(lineage->account);
    mean.resize(std::max(mean.size(), returns.size()));
    for (std::size_t i = 0; i < returns.size(); ++i)
      mean[i] += returns[i] / static_cast<double>(seeds.size());
  }
  return mean;
}

void add_comparisons(base::JsonWriter& json, const PointResult& result, const market::Timeframe& timeframe) {
  json.key("comparisons").array();
  for (const auto& seeds : result.arms) {
    const auto arm = seeds.front()->arm;
    if (!trains(arm) || arm == Arm::placebo) continue;
    for (const auto other : {Arm::never, Arm::hold, Arm::flat, Arm::scratch, Arm::placebo}) {
      const auto* against = result.of(other);
      if (other == arm || against == nullptr) continue;
      if (const auto one = compare(seeds, *against, timeframe)) json.raw(json_of(*one));
    }
  }
  json.end();
}

void add_random(base::JsonWriter& json, const PointResult& result, const ReplaySettings& settings,
                const MarketHistory& history) {
  json.key("random");
  const auto arm = subject_of(result);
  const auto costs = result.point->tuning.pack.environment.costs.side();
  const auto band = arm ? random_band(middle_of(*result.of(arm)), history.bars(settings.first, settings.last),
                                      costs, kRandomTradersSeed)
                        : std::nullopt;
  if (!band) {
    json.value(nullptr);
    return;
  }
  json.object().field("like", name(band->like)).field("draws", band->draws).field("low_pct", band->low_pct);
  json.field("median_pct", band->median_pct).field("high_pct", band->high_pct).end();
}

void add_sharpe_tests(base::JsonWriter& json, const PointResult& result, const std::vector<Trial>& trials,
                      double a_year) {
  json.key("sharpe_tests").array();
  for (const auto& seeds : result.arms) {
    if (seeds.front()->arm == Arm::flat) continue;
    const auto test = sharpe_test(seeds.front()->arm, mean_returns(seeds), trials, a_year);
    json.object().field("arm", name(test.arm)).field("sharpe", test.sharpe);
    json.field("probabilistic", test.probabilistic)
        .field("deflated", test.deflated)
        .field("trials", test.trials);
    json.field("minimum_track_record_years", test.minimum_track_record_years).end();
  }
  json.end();
}

std::size_t slots_in(const PointResult& result) {
  std::size_t slots = 0;
  for (const auto& seeds : result.arms) slots = std::max(slots, seeds.front()->cycles.size());
  return slots;
}

void add_settings(base::JsonWriter& json, const ReplaySettings& settings) {
  const auto& tuning = settings.tuning;
  const auto& config = tuning.config;
  std::vector<std::string> arms;
  for (const auto arm : settings.arms) arms.emplace_back(name(arm));
  json.key("settings").object().field("schedule", tuning.origin.schedule_id);
  json.field("base", tuning.origin.base_experiment_id).field("dataset", tuning.origin.dataset_id);
  json.field("pack", tuning.origin.hp_pack_id).field("symbol", config.symbol);
  json.field("timeframe", config.timeframe.name()).field("from", settings.first).field("to", settings.last);
  json.field("interval", interval_text(config.interval)).field("window", config.window_candles);
  json.field("holdout", config.holdout_candles).field("iterations", config.iterations_per_cycle);
  json.field("lr_mult", config.fine_tune_lr_multiplier).field("gate", schedule::name(config.gate));
  const auto& costs = tuning.pack.environment.costs;
  json.field("costs", market::costs_text(costs))
      .field("commission", costs.commission)
      .field("half_spread", costs.half_spread);
  json.field("fill", environment::name(tuning.pack.environment.fill)).field("cash", settings.cash);
  json.field("latency_s", settings.latency ? std::optional(settings.latency->count()) : std::nullopt);
  json.field("arms", arms).field("seeds", settings.seeds).field("base_seeds", settings.base_seeds);
  std::vector<std::string> vary;
  for (const auto& [key, values] : settings.vary)
    vary.push_back(fmt::format("{}={}", key, fmt::join(values, ",")));
  json.field("vary", vary).end();
}

void add_hashes(base::JsonWriter& json, const ReplaySettings& settings,
                const std::vector<LineageRun>& lineages, const std::string& candles_sha256) {
  std::vector<std::string> bases;
  for (const auto& lineage : lineages) {
    if (!lineage.base_sha256.empty() && std::ranges::find(bases, lineage.base_sha256) == bases.end())
      bases.push_back(lineage.base_sha256);
  }
  json.key("hashes").object().field("candles_sha256", candles_sha256);
  json.field("pack_sha256", base::sha256(settings.tuning.pack.json())).field("base_sha256", bases).end();
}

// Of the arm that the replay is about, at each point.
void add_grid(base::JsonWriter& json, const std::vector<PointResult>& results, std::size_t trials) {
  json.key("grid");
  if (results.size() < 2) {
    json.value(nullptr);
    return;
  }
  const auto arm = subject_of(results.front());
  std::vector<std::vector<double>> returns, differences;
  std::vector<double> ratios;
  for (const auto& result : results) {
    returns.push_back(mean_returns(*result.of(arm)));
    ratios.push_back(bar_sharpe(returns.back()));
    if (const auto* never = result.of(Arm::never)) {
      differences.push_back(returns.back());
      const auto base = mean_returns(*never);
      for (std::size_t i = 0; i < base.size(); ++i) differences.back()[i] -= base[i];
    }
  }
  std::optional<double> overfitting, ability;
  if (results.size() >= kOverfittingPointsMin && returns.front().size() >= 16)
    overfitting = evaluation::overfitting(returns).probability;
  if (differences.size() == results.size() && differences.front().size() >= 3) {
    // All points are resampled alike, so the blocks are those of the differences that follow each other longest.
    double block = 1;
    for (const auto& one : differences) {
      if (const auto length = evaluation::automatic_block_length(one))
        block = std::max(block, length->stationary);
    }
    ability =
        evaluation::superior_predictive_ability(differences, {.block_mean = block, .seed = 22}).consistent;
  }
  json.object().field("points", results.size()).field("trials", trials).field("arm", name(*arm));
  json.field("best_point", std::ranges::max_element(ratios) - ratios.begin());
  json.field("overfitting_probability", overfitting).field("superior_predictive_ability_p", ability).end();
}

std::vector<Trial> trials_in(const std::vector<PointResult>& results) {
  std::vector<Trial> tried;
  for (const auto& result : results) {
    if (const auto arm = subject_of(result))
      tried.push_back({.key = result.point->key, .sharpe = bar_sharpe(mean_returns(*result.of(arm)))});
  }
  return tried;
}

}  // namespace

ReplayResult result_of(const ReplaySettings& settings, const std::vector<LineageRun>& lineages,
                       const MarketHistory& history, const std::string& candles_sha256,
                       const std::vector<Trial>& earlier) {
  const auto points = settings.points();
  const auto results = by_point(points, lineages);
  const auto& timeframe = settings.tuning.config.timeframe;
  ReplayResult made;
  made.tried = trials_in(results);
  const auto trials = joined(earlier, made.tried);

  const auto& first = results.front();
  const auto subject = first_of(first, {Arm::gated, Arm::always, Arm::scratch});
  const auto control = first_of(first, {Arm::never, Arm::hold, Arm::flat});
  const auto main_result =
      subject && control ? compare(*first.of(subject), *first.of(control), timeframe) : std::nullopt;
  made.sentence = sentence_of(settings, main_result, slots_in(first));

  base::JsonWriter json;
  json.object().field("schema", "ctt.replay.result/1").field("ctt_version", base::version());
  json.field("sentence", made.sentence)
      .field("verdict", main_result ? name(main_result->verdict) : std::string_view("not_compared"));
  json.field("kind", "replay")
      .field("marks", settings.seen ? std::vector<std::string>{"allow_seen"} : std::vector<std::string>());
  add_settings(json, settings);
  add_hashes(json, settings, lineages, candles_sha256);
  const auto bars = history.bars(settings.first, settings.last);
  json.field("bars", bars.size()).field("first_bar", bars.front().open_time);
  json.field("last_bar", bars.back().open_time).field("bars_a_year", bars_a_year(timeframe));
  json.key("points").array();
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto& result = results[i];
    json.object().field("point", i).key("vary").object();
    for (const auto& [key, value] : result.point->vary) json.field(key, value);
    json.end().field("slots", slots_in(result));
    json.raw_field("arms", arms_json(result.arms, timeframe));
    add_random(json, result, settings, history);
    add_comparisons(json, result, timeframe);
    add_sharpe_tests(json, result, trials, bars_a_year(timeframe));
    json.raw_field("gate",
                   gate_json(result.of(Arm::gated), result.of(first_of(result, {Arm::always, Arm::gated})),
                             result.of(Arm::placebo)));
    json.raw_field("months", months_json(result.arms))
        .raw_field("trade_returns", trade_returns_json(result.arms));
    json.raw_field("curves", curves_json(result.arms, subject, control, timeframe));
    json.raw_field("cycles", cycles_json(result.arms)).end();
  }
  json.end();
  add_grid(json, results, trials.size());
  made.json = json.end().text();
  return made;
}

std::string equity_csv(const std::vector<LineageRun>& lineages) {
  std::string csv = "point,arm,seed,time,equity,position_value,traded,costs\n";
  for (const auto& lineage : lineages) {
    const auto& account = lineage.account;
    for (std::size_t i = 0; i < account.times.size(); ++i) {
      csv += fmt::format("{},{},{},{},{:.8g},{:.8g},{:.8g},{:.6g}\n", lineage.point, name(lineage.arm),
                         lineage.seed, base::to_rfc3339(account.times[i]), account.equity[i],
                         account.position_value[i], account.traded[i], account.costs[i]);
    }
  }
  return csv;
}

std::string trades_csv(const std::vector<LineageRun>& lineages) {
  std::string csv =
      "point,arm,seed,decided_at,filled_at,side,price,quantity,cash,commission,spread,decision_close,model\n";
  for (const auto& lineage : lineages) {
    for (const auto& fill : lineage.fills) {
      csv +=
          fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}\n", lineage.point, name(lineage.arm),
                      lineage.seed, base::to_rfc3339(fill.decided_at), base::to_rfc3339(fill.filled_at),
                      market::name(fill.trade.side), fill.trade.price, fill.trade.quantity, fill.trade.cash,
                      fill.trade.commission, fill.spread, fill.decision_close, fill.model_version);
    }
  }
  return csv;
}

std::string cycles_csv(const std::vector<LineageRun>& lineages) {
  std::string csv =
      "point,arm,seed,number,slot,outcome,served,serves_from,latency_bars,sha256,oos_pct,parent_oos_pct,"
      "placebo_outcome\n";
  const auto number = [](const std::optional<double>& value) {
    return value ? fmt::format("{}", *value) : "";
  };
  for (const auto& lineage : lineages) {
    for (const auto& cycle : lineage.cycles) {
      csv +=
          fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}\n", lineage.point, name(lineage.arm),
                      lineage.seed, cycle.number, base::to_rfc3339(cycle.slot), name(cycle.outcome),
                      cycle.served ? 1 : 0, cycle.serves_from ? base::to_rfc3339(*cycle.serves_from) : "",
                      cycle.latency_bars, cycle.sha256, number(cycle.oos_pct), number(cycle.parent_oos_pct),
                      cycle.placebo_outcome ? name(*cycle.placebo_outcome) : "");
    }
  }
  return csv;
}

}  // namespace ctt::replay
