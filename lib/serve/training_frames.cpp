#include "serve/training_frames.h"

#include "base/json.h"
#include "store/experiments.h"

namespace ctt::serve {

namespace {

double seconds(base::Instant from, base::Instant to) {
  return std::chrono::duration<double>(to - from).count();
}

std::string progress(const store::Experiment& experiment, std::int64_t iteration, base::Instant now) {
  const auto elapsed = seconds(experiment.started_at, now);
  const auto left = experiment.total_iterations - iteration;
  base::JsonWriter json;
  json.object().field("type", "training_progress").field("experiment_id", experiment.id);
  json.field("iteration", iteration).field("total_iterations", experiment.total_iterations);
  json.field("elapsed_seconds", elapsed);
  json.field("eta_seconds", iteration > 0 && left >= 0 ? std::optional(elapsed * static_cast<double>(left) /
                                                                       static_cast<double>(iteration))
                                                       : std::nullopt);
  return json.end().text();
}

std::string episode(base::JsonObject& metrics, const std::string& id, std::int64_t iteration) {
  const auto of = [&](const char* key) {
    const auto value = metrics.find(key);
    return value && value->is_number() ? std::optional(value->as_number()) : std::nullopt;
  };
  base::JsonWriter json;
  json.object().field("type", "episode_metrics").field("experiment_id", id).field("episode", iteration);
  json.field("reward_total", of("episode_return_mean")).field("pnl", of("pnl_mean"));
  json.field("pnl_pct", of("pnl_pct_mean")).field("net_worth", of("net_worth_mean"));
  for (const auto* name : {"trade_count", "hold_count", "buy_count", "sell_count", "hold_ratio",
                           "trade_ratio", "pnl_per_trade", "buy_sell_imbalance"})
    json.field(name, of((std::string(name) + "_mean").c_str()));
  json.key("action_distribution").object();
  json.field("buy", of("buy_count_mean")).field("sell", of("sell_count_mean"));
  return json.field("hold", of("hold_count_mean")).end().end().text();
}

}  // namespace

std::vector<std::string> training_frames(store::Database& database, const store::Event& event) {
  if (event.type != "training_update") return {};
  auto metrics = base::JsonValue::parse(event.payload, "a training update").as_object();
  const auto experiment = store::experiments::find(database, metrics.string("experiment_id", ""));
  if (!experiment) return {};
  const auto iteration = metrics.integer("iteration", 0);
  return {progress(*experiment, iteration, event.ts), episode(metrics, experiment->id, iteration)};
}

}  // namespace ctt::serve
