#include "cycle/plan.h"

#include <limits>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "cycle/exploration.h"
#include "cycle/training_parent.h"
#include "schedule/control.h"
#include "store/deployments.h"
#include "store/experiments.h"

namespace ctt::cycle {

using base::Error;
using base::Failure;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();  // null in JSON

store::Model parent_of(store::Database& database, const store::Schedule& schedule) {
  if (!schedule.current_model_version) {
    throw Error(Failure::not_found, fmt::format("schedule {} has no model to train from", schedule.id))
        .fix("ctt experiments list");
  }
  return store::models::get(database, fmt::format("v{}", *schedule.current_model_version));
}

double number_or_null(std::optional<base::JsonValue> value) {
  return value && value->is_number() ? value->as_number() : kNaN;
}

// What is served is scored beside the candidate, and nothing is trained from it: a cycle does without.
std::shared_ptr<const policy::Policy> load_served(const CycleContext& context,
                                                  const store::Deployment& desired) {
  try {
    return policy::Policy::load(context.home.model(desired.sha256), desired.sha256);
  } catch (const Error& error) {
    base::log()->warn("v{} of schedule {} is not scored: {}", desired.model_version, desired.schedule_id,
                      error.what());
    return nullptr;
  }
}

void refuse_foreign(const Plan& plan) {
  const auto contract = contract_made_by(plan.pack, plan.features, plan.config.symbol, plan.config.timeframe);
  if (const auto difference = contract.difference(plan.parent->contract())) {
    throw Error(Failure::refused,
                fmt::format("pack {} and dataset {} do not fit model v{}: {}", plan.schedule.hp_pack_id,
                            plan.dataset.id, plan.parent_model.version, *difference))
        .fix(fmt::format("ctt experiments show {}", plan.schedule.base_experiment_id));
  }
}

void add_score(base::JsonWriter& json, const char* key, const std::optional<evaluation::Score>& score) {
  if (score)
    json.field(key, score->report.pnl_pct);
  else
    json.field(key, nullptr);
}

// Means of returns a bar, in per cent; nothing where no bar was clean.
void add_comparison(base::JsonWriter& json, const evaluation::Comparison& clean) {
  json.field("clean_bars", clean.bars).field("clean_trades", clean.candidate_trades);
  const auto number = [&](const char* key, double value) { json.field(key, clean.bars > 0 ? value : kNaN); };
  number("clean_pnl_pct", clean.candidate_pct);
  number("parent_clean_pnl_pct", clean.parent_pct);
  number("not_worse_share", clean.difference.share_not_below_0);
  number("difference_mean_pct", 100 * clean.difference.mean);
  number("difference_low_pct", 100 * clean.difference.low);
  number("difference_high_pct", 100 * clean.difference.high);
  number("difference_block_bars", clean.block_mean);
}

void add_health(base::JsonWriter& json, const std::optional<evaluation::NetworkHealth>& health) {
  json.field("weight_norm", health ? health->weight_norm : kNaN)
      .field("dormant_share", health ? health->dormant_share : kNaN)
      .field("effective_rank", health ? health->effective_rank : kNaN);
}

}  // namespace

Plan make_plan(const CycleContext& context, const std::string& schedule_id,
               std::optional<std::int64_t> parent_version) {
  auto& database = context.database;
  Plan plan;
  plan.schedule = store::schedules::get(database, schedule_id);
  const FineTuningOrigin origin{.schedule_id = plan.schedule.id,
                                .base_experiment_id = plan.schedule.base_experiment_id,
                                .dataset_id = plan.schedule.dataset_id,
                                .hp_pack_id = plan.schedule.hp_pack_id};
  static_cast<FineTuning&>(plan) =
      fine_tuning_of(database, origin, schedule::config_of(plan.schedule), context.compute);
  plan.dataset = store::datasets::get(database, plan.schedule.dataset_id);
  plan.parent_model = parent_version ? store::models::get(database, fmt::format("v{}", *parent_version))
                                     : parent_of(database, plan.schedule);
  plan.parent = load_parent(context, plan.schedule, plan.parent_model);
  refuse_foreign(plan);
  const auto desired = store::deployments::desired(database, schedule_id);
  if (desired && desired->sha256 != plan.parent_model.sha256) {
    plan.served = load_served(context, *desired);
  } else if (desired) {
    plan.served = plan.parent;
  }
  return plan;
}

policy::Contract contract_made_by(const training::Pack& pack, const features::FeatureSet& features,
                                  const std::string& symbol, const market::Timeframe& timeframe) {
  training::Job job;
  job.pack = pack;
  job.features = features;
  job.symbol = symbol;
  job.timeframe = timeframe;
  return job.contract();
}

std::string metrics_json(const FineTuning& tuning, const evaluation::Evaluation& evaluation,
                         const evaluation::GateVerdict& verdict, const market::Window& window,
                         const store::Experiment& experiment) {
  auto trained =
      base::JsonValue::parse(experiment.final_metrics.value_or("{}"), "metrics of " + experiment.id)
          .as_object();
  base::JsonWriter json;
  json.object().field("reward_mean", number_or_null(trained.find("episode_return_mean")));
  json.field("pnl", number_or_null(trained.find("pnl")))
      .field("pnl_pct", number_or_null(trained.find("pnl_pct")));
  add_score(json, "oos_pnl_pct", evaluation.candidate);
  add_score(json, "parent_oos_pnl_pct", evaluation.parent);
  add_score(json, "prequential_pnl_pct", evaluation.prequential);
  const evaluation::BacktestReport none{
      .hold_pct = kNaN, .fees = kNaN, .max_drawdown_pct = kNaN, .sharpe = kNaN, .fills = {}, .equity = {}};
  const auto& held_back = evaluation.candidate ? evaluation.candidate->report : none;
  json.field("hold_pct", held_back.hold_pct).field("sharpe", held_back.sharpe);
  json.field("max_drawdown_pct", held_back.max_drawdown_pct)
      .field("trades", held_back.trades)
      .field("fees", held_back.fees);
  json.field("oos_bars", held_back.bars)
      .field("oos_clean", evaluation.candidate && evaluation.candidate->clean && evaluation.parent->clean);
  json.field("trades_per_day", evaluation.candidate ? evaluation.candidate->trades_per_day : kNaN)
      .field("oos_fee_free_pnl_pct", evaluation.candidate ? evaluation.candidate->fee_free_pnl_pct : kNaN)
      .field("parent_oos_fee_free_pnl_pct", evaluation.parent ? evaluation.parent->fee_free_pnl_pct : kNaN);
  add_comparison(json, evaluation.clean);
  const auto strict = evaluation::judge(schedule::Gate::strict, evaluation);
  json.field("gate", name(verdict.outcome))
      .field("strict_gate", name(strict.outcome))
      .field("strict_reason", strict.passed() ? std::nullopt : std::optional(strict.reason));
  json.raw_field("costs", market::costs_json(evaluation.costs));
  json.field("window_trades", evaluation.window_trades);
  json.field("lr", number_or_null(trained.find("lr"))).field("kl_parent", evaluation.kl_parent);
  const ExplorationState exploration{.entropy = number_or_null(trained.find("entropy")),
                                     .kl = number_or_null(trained.find("kl")),
                                     .kl_coeff = number_or_null(trained.find("kl_coeff"))};
  json.field("entropy", exploration.entropy)
      .field("kl", exploration.kl)
      .field("kl_coeff", exploration.kl_coeff)
      .field("warnings", warnings_of(exploration, tuning.pack));
  json.field("bars", window.series.candles.size() - window.warm_up)
      .field("holes", window.defects.of(market::Defect::hole));
  json.field("train_s", number_or_null(trained.find("train_s")))
      .field("steps_per_s", number_or_null(trained.find("steps_per_s")));
  add_health(json, evaluation.health);
  json.raw_field("live_verdict", evaluation.live ? evaluation.live->json() : "null");
  return json.end().text();
}

}  // namespace ctt::cycle
