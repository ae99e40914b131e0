#include "serve/routes_training.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "cycle/experiment.h"
#include "schedule/liveness.h"
#include "serve/launch.h"
#include "serve/problem.h"
#include "serve/setting_names.h"
#include "store/datasets.h"
#include "store/experiment_tags.h"
#include "store/packs.h"
#include "store/reference.h"
#include "training/pack_settings.h"
#include "views/status.h"

namespace ctt::serve {

using base::Failure;
using store::Experiment;

namespace {

// Bars to learn from when the dataset has no beginning of its own.
constexpr auto kBarsOfEndless = "5000";

std::vector<Experiment> driven(const Call& call) {
  store::ExperimentQuery query;
  query.status = store::ExperimentStatus::running;
  auto running = store::experiments::list(call.database, query);
  std::erase_if(running, [&](const Experiment& one) { return !schedule::is_alive(call.home, one); });
  return running;
}

std::int64_t iteration_of(const Call& call, const Experiment& experiment) {
  const auto last = store::experiments::last_iteration(call.database, experiment.id);
  return last ? last->iteration : 0;
}

std::string running_json(const Call& call) {
  base::JsonWriter json;
  json.array();
  for (const auto& experiment : driven(call)) {
    json.object()
        .field("experiment_id", experiment.id)
        .field("name", experiment.name)
        .field("started_at", experiment.started_at)
        .field("iteration", iteration_of(call, experiment))
        .field("total_iterations", experiment.total_iterations)
        .end();
  }
  return json.end().text();
}

RestAnswer running(const Call& call) { return {.body = running_json(call)}; }

bool trains_in_a_cycle(const Call& call) {
  return std::ranges::any_of(store::cycles::all_running(call.database),
                             [&](const store::Cycle& cycle) { return schedule::is_alive(call.home, cycle); });
}

// One training at a time: the conflict, when another runs. The lock itself is not tried, for whoever
// tries it at the same moment would find it taken; what begins just now is found out by the command.
std::optional<RestAnswer> occupied(const Call& call) {
  if (driven(call).empty() && !trains_in_a_cycle(call)) return std::nullopt;
  return problem(
      409, Problem{.code = std::string(base::code(Failure::busy)),
                   .detail = fmt::format("another training runs: {}", cycle::TrainingLock::holder(call.home)),
                   .fix = {"ctt experiments list --status running"},
                   .current = running_json(call)});
}

// `["k=v","fast"]` or `{"k":"v"}` as a list.
std::vector<std::string> given_tags(base::JsonObject& body) {
  std::vector<std::string> tags;
  const auto given = body.find("tags");
  if (!given) return tags;
  if (given->is_object()) {
    auto object = given->as_object();
    for (const auto& key : object.keys()) {
      const auto value = object.at(key);
      tags.push_back(fmt::format("{}={}", key, value.is_string() ? value.as_string() : value.text()));
    }
    return tags;
  }
  for (const auto& tag : given->as_array()) tags.push_back(tag.as_string());
  return tags;
}

// Without those that ctt keeps: a training of no cycle would be found as one. It is a fault of the body here.
std::vector<std::string> tags_in(base::JsonObject& body) {
  auto tags = given_tags(body);
  try {
    store::require_free_tags(tags);
  } catch (const base::Error& error) {
    throw base::Error(Failure::usage, error.what());
  }
  return tags;
}

// `{"lr":0.001,"model":{"fcnet_hiddens":[64]}}` as settings, checked against the pack.
std::vector<std::string> settings_in(base::JsonObject& body, const store::PackRow& pack) {
  std::vector<std::string> settings;
  if (const auto given = body.find("overrides")) {
    const auto known = training::Pack::parse(pack.config, "pack " + pack.id).ppo.lr;
    for (const auto& [key, value] : training::flattened(with_own_names(*given, known)))
      settings.push_back(fmt::format("{}={}", key, value));
  }
  const auto where = "pack " + pack.id;
  training::Pack::parse(training::with_settings(pack.config, settings, where), where);
  return settings;
}

std::vector<std::string> train_words(const Call& call, const std::string& id) {
  auto body = call.body();
  const auto pack = store::packs::get(call.database, body.string("hp_pack_id"));
  const auto dataset = store::datasets::get(call.database, body.string("dataset_id"));
  std::vector<std::string> words{"train", "--id", id, "--pack", pack.id, "--dataset", dataset.id};
  const auto add = [&](const char* flag, const std::string& value) {
    words.emplace_back(flag);
    words.push_back(value);
  };
  if (const auto name = body.find("name")) add("--name", name->as_string());
  for (const auto& tag : tags_in(body)) add("--tag", tag);
  for (const auto& setting : settings_in(body, pack)) add("--set", setting);
  // What the command would refuse is refused here: nobody sees the command's end.
  const auto add_whole = [&](const char* key, std::int64_t least) {
    const auto given = body.find(key);
    if (!given) return false;
    const auto value = given->as_integer();
    if (value < least)
      throw base::Error(base::Failure::usage, fmt::format("{} is {}; it is at least {}", key, value, least));
    add(fmt::format("--{}", key).c_str(), fmt::format("{}", value));
    return true;
  };
  add_whole("iterations", 1);
  add_whole("seed", 0);
  for (const auto* time : {"from", "to"}) {
    const auto given = body.find(time);
    if (given) add(fmt::format("--{}", time).c_str(), base::to_rfc3339(base::parse_time(given->as_string())));
  }
  const bool counted = add_whole("candles", 1);
  if (!counted && dataset.source_type == "alpaca" && !body.find("from")) {
    add("--candles", kBarsOfEndless);
  }
  body.finish();
  return words;
}

RestAnswer launch_training(const Call& call) {
  const auto id = store::new_id("exp");
  const auto words = train_words(call, id);
  if (const auto conflict = occupied(call)) return *conflict;
  launch(call, id, words);
  base::JsonWriter json;
  return {.body = json.object().field("experiment_id", id).field("status", "launched").end().text()};
}

RestAnswer cancel(const Call& call) {
  const auto experiment = store::experiments::get(call.database, call.named());
  const bool asked = experiment.status == store::ExperimentStatus::running;
  if (asked) cycle::ask_to_stop(call.home, experiment);
  base::JsonWriter json;
  json.object()
      .field("experiment_id", experiment.id)
      .field("status", asked ? "cancelling" : store::name(experiment.status))
      .field("asked", asked)
      .end();
  return {.body = json.text()};
}

bool is_of_a_cycle(const Call& call, const Experiment& experiment) {
  return std::ranges::any_of(store::cycles::all_running(call.database),
                             [&](const store::Cycle& cycle) { return cycle.experiment_id == experiment.id; });
}

// The one that runs, whoever began it.
RestAnswer stop(const Call& call) {
  const auto running = driven(call);
  if (running.empty())
    return problem(409, Problem{.code = std::string(base::code(Failure::refused)),
                                .detail = "no training runs",
                                .current = "[]"});
  const auto& first = running.front();
  const bool of_a_cycle = is_of_a_cycle(call, first);  // while it runs: afterwards the cycle has ended
  for (const auto& experiment : running) cycle::ask_to_stop(call.home, experiment);
  base::JsonWriter json;
  json.object().field("experiment_id", first.id).field("status", "cancelling").field("asked", true);
  json.field("message",
             fmt::format("{} finishes its iteration {}", first.name,
                         of_a_cycle ? "and its cycle is cancelled: it leaves no model" : "and saves"));
  return {.body = json.end().text()};
}

RestAnswer run_now(const Call& call) {
  auto body = call.body();
  const auto asked = body.find("schedule_id");
  const auto schedule =
      store::schedules::get_or_only(call.database, asked ? std::optional(asked->as_string()) : std::nullopt);
  body.finish();
  if (const auto conflict = occupied(call)) return *conflict;
  const auto request_id = store::new_id("req");
  launch(call, request_id, {"cycle", "run", "--now", "--schedule", schedule.id});
  base::JsonWriter json;
  json.object().field("request_id", request_id).field("schedule_id", schedule.id).key("status").object();
  views::add_status(json, views::status_view(call, schedule, call.ask_trader(schedule)), call.database,
                    call.clock.now());
  return {.status = 202, .body = json.end().end().text()};
}

// Nobody but the server itself feeds its clients: there are no producers that could be counted.
RestAnswer status(const Call& call) {
  const auto running = driven(call);
  const auto schedules = store::schedules::list(call.database);
  const auto is = [](store::ScheduleState status) {
    return [status](const store::Schedule& schedule) { return schedule.status == status; };
  };
  const bool paused = std::ranges::any_of(schedules, is(store::ScheduleState::paused)) &&
                      std::ranges::none_of(schedules, is(store::ScheduleState::active));
  base::JsonWriter json;
  json.object()
      .field("type", "status")
      .field("is_training", !running.empty())
      .field("is_paused", paused)
      .field("experiment_id", running.empty() ? std::nullopt : std::optional(running.front().id))
      .field("current_iteration", running.empty() ? 0 : iteration_of(call, running.front()))
      .field("dashboard_clients", call.clients ? call.clients() : 0)
      .field("training_producers", running.size())
      .end();
  return {.body = json.text()};
}

}  // namespace

std::vector<Route> training_routes() {
  return {{"POST", "/api/training/launch", launch_training}, {"GET", "/api/training/running", running},
          {"POST", "/api/training/*/cancel", cancel},        {"POST", "/api/training/stop", stop},
          {"POST", "/api/continuous/run-now", run_now},      {"GET", "/api/status", status}};
}

}  // namespace ctt::serve
