#include "serve/routes_experiments.h"

#include <sstream>

#include <fmt/format.h>

#include "base/error.h"
#include "store/experiment_search.h"
#include "store/experiment_tags.h"
#include "store/experiments.h"
#include "views/experiment.h"
#include "views/experiment_comparison.h"

namespace ctt::serve {

using base::Error;
using base::Failure;

namespace {

constexpr std::size_t kPageMax = 1000;
constexpr std::size_t kComparedMax = 50;

store::ExperimentSearch search_of(const Call& call) {
  store::ExperimentSearch search;
  if (const auto status = call.asked("status"))
    search.status = *status == "pruned" ? store::ExperimentStatus::cancelled
                                        : store::parse_state<store::ExperimentStatus>(*status);
  search.script = call.asked("script");
  search.tag = call.asked("tag");
  search.has_checkpoint = call.flag("has_checkpoint");
  search.words = call.asked("search").value_or("");
  search.order_by = call.asked("sort").value_or("started_at");
  const auto order = call.asked("order").value_or("desc");
  if (order != "asc" && order != "desc")
    throw Error(Failure::usage, fmt::format("\"order\" is asc or desc, not \"{}\"", order));
  search.ascending = order == "asc";
  search.limit = call.limit(100, kPageMax);
  search.offset = static_cast<std::size_t>(call.asked_number("offset", 0).value_or(0));
  return search;
}

// A bare list, as other dashboards read it; how many there are on all pages is a header.
RestAnswer list(const Call& call) {
  const auto page = store::experiments::search(call.database, search_of(call), call.clock.now());
  views::ExperimentView view(call.database);
  base::JsonWriter json;
  json.array();
  for (const auto& experiment : page.experiments) {
    json.object();
    view.add(json, experiment);
    json.end();
  }
  return {.body = json.end().text(), .headers = {{"X-Total-Count", fmt::format("{}", page.total)}}};
}

// What the learner reported; which iteration it was stands beside it, and is no metric.
void add_metrics(base::JsonWriter& json, const std::string& text) {
  auto metrics = base::JsonValue::parse(text, "the metrics of an iteration").as_object();
  json.key("metrics").object();
  for (const auto& key : metrics.keys()) {
    if (key == "type" || key == "iteration" || key == "total_iterations") continue;
    const auto value = metrics.find(key);  // none for null: a mean while no episode has ended
    json.raw_field(key, value ? value->text() : "null");
  }
  json.end();
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
        .field("timestamp", iteration.timestamp);
    add_metrics(json, iteration.metrics);
    json.end();
  }
  return {.body = json.end().end().text()};
}

void add_values(base::JsonWriter& json, const char* key, const std::vector<views::ComparedValue>& values) {
  json.key(key).array();
  for (const auto& value : values) {
    json.object().field("name", value.path).field("differs", value.differs()).key("values").array();
    for (const auto& text : value.texts) json.raw(text.value_or("null"));
    json.end().end();
  }
  json.end();
}

// `ids=base,exp-2,exp-3`.
std::vector<store::Experiment> named_in(const Call& call) {
  std::vector<store::Experiment> experiments;
  std::istringstream given(call.asked("ids").value_or(""));
  for (std::string one; std::getline(given, one, ',');)
    experiments.push_back(store::experiments::get(call.database, one));
  if (experiments.size() < 2 || experiments.size() > kComparedMax)
    throw Error(Failure::usage,
                fmt::format("\"ids\" names 2 to {} experiments, with commas between them", kComparedMax));
  return experiments;
}

RestAnswer comparison(const Call& call) {
  const auto experiments = named_in(call);
  const auto compared = views::compare(experiments);
  base::JsonWriter json;
  json.object().key("experiments").array();
  for (const auto& one : experiments) json.object().field("id", one.id).field("name", one.name).end();
  json.end();
  add_values(json, "settings", compared.settings);
  add_values(json, "metrics", compared.metrics);
  return {.body = json.end().text()};
}

RestAnswer set_tags(const Call& call) {
  auto body = call.body();
  std::vector<std::string> wanted;
  for (const auto& tag : body.at("tags").as_array()) wanted.push_back(tag.as_string());
  body.finish();
  store::Transaction change(call.database);
  const auto experiment = store::experiments::get(change, call.named());
  const auto tags = store::with_tags(experiment.tags, wanted);
  store::experiments::set_tags(change, experiment.id, tags);
  change.commit();
  base::JsonWriter json;
  json.object().field("experiment_id", experiment.id).field("tags", tags);
  return {.body = json.end().text()};
}

RestAnswer leaderboard(const Call& call) {
  const auto asked = call.asked("metric").value_or("pnl");
  const auto metric = asked == "episode_return" ? "episode_return_mean" : asked;  // as dashboards call it
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
        .field("metric_name", asked)
        .field("metric_value", value)
        .raw_field("final_metrics", views::ExperimentView::final_metrics(experiment))
        .field("started_at", experiment.started_at)
        .field("tags", experiment.tags)
        .end();
  }
  return {.body = json.end().text()};
}

// Studies are searches for hyper-parameters, which ctt does not make: there are none. `win_rate` is in per cent, as
// dashboards that ask for it show it.
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
      .field("win_rate", found.win_rate ? std::optional(100 * *found.win_rate) : std::nullopt)
      .field("total_studies", 0)
      .field("total_optuna_trials", 0);
  return {.body = json.end().text()};
}

}  // namespace

std::vector<Route> experiment_routes() {
  return {{"GET", "/api/experiments", list},        {"GET", "/api/experiments/compare", comparison},
          {"GET", "/api/experiments/*", detail},    {"PUT", "/api/experiments/*/tags", set_tags},
          {"GET", "/api/leaderboard", leaderboard}, {"GET", "/api/stats", stats}};
}

}  // namespace ctt::serve
