#include "serve/routes_experiments.h"

#include <fmt/format.h>

#include "base/error.h"
#include "store/experiments.h"
#include "views/experiment.h"
#include "views/experiment_comparison.h"

namespace ctt::serve {

namespace {

constexpr std::size_t kPageMax = 1000;

RestAnswer list(const Call& call) {
  store::ExperimentQuery query;
  if (const auto status = call.asked("status"))
    query.status = *status == "pruned" ? store::ExperimentStatus::cancelled
                                       : store::parse_state<store::ExperimentStatus>(*status);
  query.script = call.asked("script");
  query.tag = call.asked("tag");
  query.has_checkpoint = call.flag("has_checkpoint");
  query.limit = call.limit(100, kPageMax);
  query.offset = static_cast<std::size_t>(call.asked_number("offset", 0).value_or(0));
  views::ExperimentView view(call.database);
  base::JsonWriter json;
  json.array();
  for (const auto& experiment : store::experiments::list(call.database, query)) {
    json.object();
    view.add(json, experiment);
    json.end();
  }
  return {.body = json.end().text()};
}

RestAnswer detail(const Call& call) {
  const auto experiment = store::experiments::get(call.database, call.named());
  base::JsonWriter json;
  json.object().key("experiment").object();
  views::ExperimentView(call.database).add(json, experiment);
  json.end().key("iterations").array();
  for (const auto& iteration : store::experiments::iterations(call.database, experiment.id)) {
    json.object()
        .field("id", iteration.id)
        .field("experiment_id", iteration.experiment_id)
        .field("iteration", iteration.iteration)
        .raw_field("metrics", iteration.metrics)
        .field("timestamp", iteration.timestamp)
        .end();
  }
  return {.body = json.end().end().text()};
}

void add_values(base::JsonWriter& json, const char* key, const std::vector<views::ComparedValue>& values) {
  json.key(key).array();
  for (const auto& value : values) {
    json.object().field("name", value.path).raw_field("a", value.texts[0].value_or("null"));
    json.raw_field("b", value.texts[1].value_or("null")).end();
  }
  json.end();
}

RestAnswer comparison(const Call& call) {
  const auto one = [&](const char* key) {
    const auto given = call.asked(key);
    if (!given)
      throw base::Error(base::Failure::usage, fmt::format("\"{}\" is missing: which experiment?", key));
    return store::experiments::get(call.database, *given);
  };
  const auto a = one("a"), b = one("b");
  const auto compared = views::compare(a, b);
  base::JsonWriter json;
  json.object().field("a", a.id).field("b", b.id);
  add_values(json, "settings", compared.settings);
  add_values(json, "metrics", compared.metrics);
  return {.body = json.end().text()};
}

RestAnswer leaderboard(const Call& call) {
  const auto metric = call.asked("metric").value_or("pnl");
  std::int64_t rank = 0;
  base::JsonWriter json;
  json.array();
  for (const auto& [experiment, value] :
       store::experiments::leaderboard(call.database, metric, call.limit(20, kPageMax))) {
    json.object()
        .field("experiment_id", experiment.id)
        .field("name", experiment.name)
        .field("script", experiment.script)
        .field("rank", ++rank)
        .field("metric_name", metric)
        .field("metric_value", value)
        .raw_field("final_metrics", views::ExperimentView::final_metrics(experiment))
        .field("started_at", experiment.started_at)
        .field("tags", experiment.tags)
        .end();
  }
  return {.body = json.end().text()};
}

// Studies are searches for hyper-parameters, which ctt does not make: there are none.
RestAnswer stats(const Call& call) {
  const auto found = store::experiments::stats(call.database);
  base::JsonWriter json;
  json.object()
      .field("total_experiments", found.total)
      .field("completed", found.completed)
      .field("failed", found.failed)
      .field("running", found.running)
      .field("best_pnl", found.best_pnl)
      .key("best_pnl_experiment");
  if (found.best) {
    json.object().field("id", found.best->id).field("name", found.best->name).end();
  } else {
    json.value(nullptr);
  }
  json.field("best_net_worth", found.best_net_worth)
      .field("avg_pnl", found.avg_pnl)
      .field("total_trades", found.total_trades)
      .field("win_rate", found.win_rate)
      .field("total_studies", 0)
      .field("total_optuna_trials", 0);
  return {.body = json.end().text()};
}

}  // namespace

std::vector<Route> experiment_routes() {
  return {{"GET", "/api/experiments", list},
          {"GET", "/api/experiments/compare", comparison},
          {"GET", "/api/experiments/*", detail},
          {"GET", "/api/leaderboard", leaderboard},
          {"GET", "/api/stats", stats}};
}

}  // namespace ctt::serve
