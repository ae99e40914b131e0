#include "serve/routes_continuous.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/error.h"
#include "cycle/start.h"
#include "schedule/control.h"
#include "schedule/recovery.h"
#include "schedule/removal.h"
#include "serve/conflict.h"
#include "serve/cycle_detail.h"
#include "serve/problem.h"
#include "serve/start_preview.h"
#include "store/datasets.h"
#include "store/experiments.h"
#include "store/packs.h"
#include "store/reference.h"
#include "views/cycle.h"
#include "views/status.h"

namespace ctt::serve {

using base::Error;
using base::Failure;

namespace {

constexpr std::size_t kHistoryMax = 500;

// Each setting by itself, so that every field that will not do is named, not only the first.
std::vector<Problem::Field> unfit_fields(base::JsonObject& settings, const std::vector<std::string>& keys) {
  std::vector<Problem::Field> unfit;
  for (const auto& key : keys) {
    base::JsonWriter one;
    one.object().raw_field(key, settings.at(key).text()).end();
    try {
      schedule::Config::parse(one.text(), "start");
    } catch (const Error& error) {
      const std::string_view said = error.what();  // the field says where
      unfit.push_back({"/" + key, std::string(said.starts_with("start: ") ? said.substr(7) : said)});
    }
  }
  return unfit;
}

RestAnswer status(const Call& call) {
  const auto id = call.asked("schedule_id");
  if (!id && store::schedules::list(call.database).empty()) {
    base::JsonWriter json;
    json.object();
    views::add_no_status(json, call);
    return {.body = json.end().text()};
  }
  return with_status(call, store::schedules::get_or_only(call.database, id));
}

RestAnswer schedules(const Call& call) {
  base::JsonWriter json;
  json.object().key("items").array();
  for (const auto& schedule : store::schedules::list(call.database)) {
    json.object();
    views::add_status(json, views::status_view(call, schedule, call.ask_trader(schedule)), call.database,
                      call.clock.now());
    json.end();
  }
  return {.body = json.end().end().text()};
}

RestAnswer history(const Call& call) {
  store::HistoryQuery query;
  query.schedule_id = store::schedules::get_or_only(call.database, call.asked("schedule_id")).id;
  if (const auto result = call.asked("result"))
    query.result = store::parse_state<store::CycleStatus>(*result);
  query.before = call.asked_number("before");
  query.limit = std::min(kHistoryMax, static_cast<std::size_t>(call.asked_number("limit").value_or(50)));
  ++query.limit;  // one more tells whether there is more
  auto records = store::cycles::history(call.database, query);
  const bool more = records.size() == query.limit;
  if (more) records.pop_back();
  base::JsonWriter json;
  json.object().key("items").array();
  for (const auto& record : records) {
    json.object();
    views::add_cycle(json, record);
    json.end();
  }
  json.end().field("total", store::cycles::count(call.database, query));
  json.field("next_before", more ? std::optional(records.back().cycle.number) : std::nullopt);
  return {.body = json.end().text()};
}

RestAnswer cycle_detail(const Call& call) {
  const auto& text = call.request.segments.at(3);
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto schedule = store::schedules::get_or_only(call.database, call.asked("schedule_id"));
  if (failed != std::errc() || end != text.data() + text.size())
    throw Error(Failure::not_found, fmt::format("schedule {} has no cycle \"{}\"", schedule.id, text))
        .fix(fmt::format("ctt schedule history --schedule {}", schedule.id));
  return {.body = cycle_detail_json(call, schedule.id, number)};
}

// Whoever deletes says twice what: in the path, and as `confirm`.
RestAnswer remove(const Call& call) {
  const auto schedule = store::schedules::get(call.database, call.request.segments.at(3));
  const auto goes = schedule::text_of(store::schedules::rows_of(call.database, schedule.id));
  if (call.asked("confirm") != schedule.id)
    throw Error(Failure::usage,
                fmt::format("deleting {} takes {} with it: say confirm={}", schedule.id, goes, schedule.id));
  try {
    store::Transaction change(call.database);
    schedule::check_removable({change, call.home, call.clock}, schedule);
    store::schedules::remove(change, schedule.id, call.clock.now());
    change.commit();
  } catch (const Error& error) {
    if (error.failure() != Failure::refused) throw;
    return conflict(call, schedule.id, error);
  }
  base::JsonWriter json;
  return {.body = json.object().field("id", schedule.id).field("deleted", true).end().text()};
}

// The stored settings with those of the body in their place. Without a holdout of its own a schedule keeps a tenth of
// its window back, also of another window: a holdout that is absent means that.
std::string merged_settings(const schedule::Config& before, base::JsonObject& body) {
  const bool a_tenth = before.holdout_candles == before.window_candles / 10;
  auto stored = base::JsonValue::parse(before.json(), "the schedule's settings").as_object();
  base::JsonWriter json;
  json.object();
  for (const auto& key : stored.keys()) {
    const bool follows = key == "holdout_candles" && a_tenth && body.has("window_candles");
    if (!body.has(key) && !follows) json.raw_field(key, stored.at(key).text());
  }
  for (const auto& key : body.keys()) json.raw_field(key, body.at(key).text());
  return json.end().text();
}

RestAnswer update(const Call& call) {
  const auto schedule = store::schedules::get(call.database, call.request.segments.at(3));
  auto body = call.body();
  const auto before = schedule::config_of(schedule);
  schedule::Config after;
  try {
    after = schedule::Config::parse(merged_settings(before, body), "the body");
  } catch (const Error& error) {
    auto errors = unfit_fields(body, body.keys());
    if (errors.empty()) throw;  // each will do by itself, not all of them together
    return problem(422, Problem{.code = "E_USAGE",
                                .detail = "the schedule cannot be changed like that",
                                .errors = std::move(errors)});
  }
  if (after.symbol != before.symbol || after.timeframe != before.timeframe)
    throw Error(Failure::usage,
                fmt::format("symbol and timeframe of {} are those of its dataset; start another schedule",
                            schedule.id));
  store::Transaction change(call.database);
  [[maybe_unused]] const auto outcome = schedule::update(change, schedule.id, after, call.clock.now());
  change.commit();
  return with_status(call, store::schedules::get(call.database, schedule.id));
}

RestAnswer start(const Call& call) {
  auto body = call.body();
  std::vector<Problem::Field> errors;
  const auto named = [&](const char* key) {
    if (!body.has(key)) errors.push_back({fmt::format("/{}", key), "is required"});
    return body.string(key, "");
  };
  const auto base = named("base_experiment_id"), dataset = named("dataset_id"), pack = named("hp_pack_id");
  const auto name = body.string("name", "");
  if (!name.empty() && !store::is_slug(name))
    errors.push_back(
        {"/name", "has 1 to 40 lower-case letters, digits and hyphens and does not begin with a hyphen"});
  std::vector<std::string> settings;
  for (const auto& key : body.keys()) {
    if (key != "base_experiment_id" && key != "dataset_id" && key != "hp_pack_id" && key != "name")
      settings.push_back(key);
  }
  for (auto& unfit : unfit_fields(body, settings)) errors.push_back(std::move(unfit));
  if (!errors.empty())
    return problem(
        422,
        Problem{.code = "E_USAGE", .detail = "the schedule cannot be started like that", .errors = errors});

  const auto from = store::datasets::get(call.database, dataset);
  base::JsonWriter config;
  config.object();
  for (const auto& key : settings) config.raw_field(key, body.at(key).text());
  const auto series = from.series();
  if (!body.has("symbol")) config.field("symbol", series.symbol);
  if (!body.has("timeframe")) config.field("timeframe", series.timeframe.alpaca_name());
  schedule::StartRequest wanted;
  wanted.name = name.empty() ? from.id : name;
  wanted.base_experiment_id = store::experiments::get(call.database, base).id;
  wanted.dataset_id = from.id;
  wanted.hp_pack_id = store::packs::get(call.database, pack).id;
  wanted.config = schedule::Config::parse(config.end().text(), "the body");
  if (wanted.config.symbol != series.symbol || wanted.config.timeframe != series.timeframe)
    throw Error(Failure::usage, fmt::format("dataset {} has bars of {} of {}", from.id,
                                            series.timeframe.name(), series.symbol));

  const bool dry_run = call.flag("dry_run");
  store::Transaction change(call.database);
  const auto started = cycle::start(change, call.home, wanted, call.clock.now());
  if (started.outcome == schedule::ControlOutcome::already)
    return conflict(
        call, started.schedule.id,
        Error(Failure::refused, fmt::format("schedule {} is active already", started.schedule.id)));
  if (dry_run) {
    base::JsonWriter json;
    json.object();
    views::add_status(json, views::status_view(call, started.schedule, call.ask_trader(started.schedule)),
                      change, call.clock.now());
    json.key("preview").object();
    add_start_preview(json, change, from, started, call.clock.now());
    return {.body = json.end().end().text()};
  }
  change.commit();
  return with_status(call, started.schedule, 201);
}

RestAnswer control(const Call& call) {
  auto body = call.body();
  const auto asked_id = body.find("schedule_id");
  const auto schedule = store::schedules::get_or_only(
      call.database, asked_id ? std::optional(asked_id->as_string()) : std::nullopt);
  const auto given = body.find("reason");
  const auto reason = given ? std::optional(given->as_string()) : std::nullopt;
  const bool cancel_running = body.boolean("cancel_running", false);
  body.finish();
  const auto verb = call.request.segments.back();
  const auto now = call.clock.now();
  const auto change_it = [&](store::Transaction& change) {
    if (verb == "stop") return schedule::stop(change, schedule.id, reason, now);
    if (verb == "pause") return schedule::pause(change, schedule.id, reason, now);
    if (verb == "resume") return schedule::resume(change, schedule.id, now);
    if (verb == "freeze") return schedule::freeze(change, schedule.id, reason, now);
    if (verb == "unfreeze") return schedule::unfreeze(change, schedule.id, now);
    return schedule::skip_next(change, schedule.id, now);
  };
  try {
    store::Transaction change(call.database);
    [[maybe_unused]] const auto outcome = change_it(change);  // already so: the answer is the same
    change.commit();
  } catch (const Error& error) {
    if (error.failure() != Failure::refused) throw;
    return conflict(call, schedule.id, error);
  }
  if (verb == "stop" && cancel_running) {
    if (const auto cycle = store::cycles::running(call.database, schedule.id))
      schedule::ask_to_stop(call.home, *cycle);
  }
  return with_status(call, store::schedules::get(call.database, schedule.id));
}

}  // namespace

std::vector<Route> continuous_routes() {
  return {{"GET", "/api/continuous/schedules", schedules},   {"GET", "/api/continuous/status", status},
          {"GET", "/api/continuous/history", history},       {"POST", "/api/continuous/start", start},
          {"POST", "/api/continuous/stop", control},         {"POST", "/api/continuous/pause", control},
          {"POST", "/api/continuous/resume", control},       {"POST", "/api/continuous/freeze", control},
          {"POST", "/api/continuous/unfreeze", control},     {"POST", "/api/continuous/skip-next", control},
          {"GET", "/api/continuous/cycles/*", cycle_detail}, {"PUT", "/api/continuous/schedules/*", update},
          {"DELETE", "/api/continuous/schedules/*", remove}};
}

}  // namespace ctt::serve
