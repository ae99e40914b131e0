#include "serve/routes.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/version.h"
#include "cycle/start.h"
#include "schedule/control.h"
#include "schedule/recovery.h"
#include "serve/cycle_view.h"
#include "serve/problem.h"
#include "serve/status_view.h"
#include "store/datasets.h"
#include "store/experiments.h"
#include "store/packs.h"
#include "store/reference.h"

namespace ctt::serve {

using base::Error;
using base::Failure;

struct Routes::Route {
  std::string_view method;
  std::string_view path;
  Answer (Routes::*call)(const Request&);
};

const std::vector<Routes::Route>& Routes::routes() {
  static const std::vector<Route> all{
      {"GET", "/api/continuous/status", &Routes::status},
      {"GET", "/api/continuous/history", &Routes::history},
      {"POST", "/api/continuous/start", &Routes::start},
      {"POST", "/api/continuous/stop", &Routes::control},
      {"POST", "/api/continuous/pause", &Routes::control},
      {"POST", "/api/continuous/resume", &Routes::control},
      {"POST", "/api/continuous/freeze", &Routes::control},
      {"POST", "/api/continuous/unfreeze", &Routes::control},
      {"POST", "/api/continuous/skip-next", &Routes::control},
      {"GET", "/api/version", &Routes::version},
  };
  return all;
}

namespace {

constexpr std::size_t kRemembered = 1000;
constexpr std::size_t kHistoryMax = 500;

std::optional<std::string> asked(const Request& request, const std::string& key) {
  const auto found = request.query.find(key);
  return found == request.query.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::int64_t> asked_number(const Request& request, const std::string& key) {
  const auto text = asked(request, key);
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const auto* end = text->data() + text->size();
  const auto [stop, failed] = std::from_chars(text->data(), end, number);
  if (failed != std::errc() || stop != end || number < 1)
    throw Error(Failure::usage, fmt::format("\"{}\" must be a whole number above 0, not \"{}\"", key, *text));
  return number;
}

base::JsonObject body_of(const Request& request) {
  return base::JsonValue::parse(request.body.empty() ? "{}" : request.body, "the body").as_object();
}

Answer with_status(store::Database& database, const store::Schedule& schedule, const base::Clock& clock,
                   unsigned code = 200) {
  base::JsonWriter json;
  json.object();
  add_status(json, status_view(database, schedule, clock.now()), database, clock.now());
  return {.status = code, .body = json.end().text()};
}

// What a schedule's state does not allow, with the state that it is in.
Answer conflict(store::Database& database, const store::Schedule& schedule, const base::Clock& clock,
                const Error& error) {
  return problem(409, Problem{.code = std::string(base::code(error.failure())),
                              .detail = error.what(),
                              .fix = error.fixes(),
                              .errors = {},
                              .current = with_status(database, schedule, clock).body});
}

// Each setting by itself, so that every field that will not do is named, not only the first.
std::vector<Problem::Field> unfit_fields(base::JsonObject& settings, const std::vector<std::string>& keys) {
  std::vector<Problem::Field> unfit;
  for (const auto& key : keys) {
    base::JsonWriter one;
    one.object().raw_field(key, settings.at(key).text()).end();
    try {
      schedule::Config::parse(one.text(), "start");
    } catch (const Error& error) {
      unfit.push_back({"/" + key, error.what()});
    }
  }
  return unfit;
}

}  // namespace

Routes::Routes(const base::Home& home, const base::Clock& clock)
    : home_(home), clock_(clock), database_(home.database()) {}

Answer Routes::answer(const Request& request) {
  return request.method == "GET" || request.idempotency_key.empty() ? dispatch(request)
                                                                    : carry_out_once(request);
}

Answer Routes::carry_out_once(const Request& request) {
  const auto whole = request.path + '\n' + request.body;
  const auto& key = request.idempotency_key;
  if (const auto known = remembered_.find(key); known != remembered_.end()) {
    if (known->second.request == whole) return known->second.answer;
    return problem(422, "E_USAGE", "this Idempotency-Key came with another request before");
  }
  const auto answer = dispatch(request);
  remembered_.emplace(key, Remembered{whole, answer});
  oldest_first_.push_back(key);
  if (oldest_first_.size() > kRemembered) {
    remembered_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  return answer;
}

Answer Routes::dispatch(const Request& request) {
  std::string allowed;
  for (const auto& route : routes()) {
    if (route.path != request.path) continue;
    if (route.method == request.method) return (this->*route.call)(request);
    allowed = route.method;
  }
  if (allowed.empty())
    return problem(404, "E_NOT_FOUND", fmt::format("there is no {} {}", request.method, request.path));
  auto answer = problem(405, "E_USAGE", fmt::format("{} is asked with {}", request.path, allowed));
  answer.headers.emplace("Allow", allowed);
  return answer;
}

Answer Routes::status(const Request& request) {
  const auto id = asked(request, "schedule_id");
  if (!id && store::schedules::list(database_).empty()) {
    base::JsonWriter json;
    json.object();
    add_no_status(json, database_, clock_.now());
    return {.body = json.end().text()};
  }
  return with_status(database_, store::schedules::get_or_only(database_, id), clock_);
}

Answer Routes::history(const Request& request) {
  store::HistoryQuery query;
  query.schedule_id = store::schedules::get_or_only(database_, asked(request, "schedule_id")).id;
  if (const auto result = asked(request, "result"))
    query.result = store::parse_state<store::CycleStatus>(*result);
  query.before = asked_number(request, "before");
  query.limit = std::min(kHistoryMax, static_cast<std::size_t>(asked_number(request, "limit").value_or(50)));
  ++query.limit;  // one more tells whether there is more
  auto records = store::cycles::history(database_, query);
  const bool more = records.size() == query.limit;
  if (more) records.pop_back();
  base::JsonWriter json;
  json.object().key("items").array();
  for (const auto& record : records) {
    json.object();
    add_cycle(json, record);
    json.end();
  }
  json.end().field("total", store::cycles::count(database_, query));
  json.field("next_before", more ? std::optional(records.back().cycle.number) : std::nullopt);
  return {.body = json.end().text()};
}

Answer Routes::start(const Request& request) {
  auto body = body_of(request);
  std::vector<Problem::Field> errors;
  const auto named = [&](const char* key) {
    if (!body.has(key)) errors.push_back({fmt::format("/{}", key), "is required"});
    return body.string(key, "");
  };
  const auto base = named("base_experiment_id"), dataset = named("dataset_id"), pack = named("hp_pack_id");
  const auto name = body.string("name", dataset);
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

  const auto from = store::datasets::get(database_, dataset);
  base::JsonWriter config;
  config.object();
  for (const auto& key : settings) config.raw_field(key, body.at(key).text());
  const auto series = from.series();
  if (!body.has("symbol")) config.field("symbol", series.symbol);
  if (!body.has("timeframe")) config.field("timeframe", series.timeframe.alpaca_name());
  schedule::StartRequest wanted;
  wanted.name = store::slug(name);
  wanted.base_experiment_id = store::experiments::get(database_, base).id;
  wanted.dataset_id = from.id;
  wanted.hp_pack_id = store::packs::get(database_, pack).id;
  wanted.config = schedule::Config::parse(config.end().text(), "the body");
  if (wanted.config.symbol != series.symbol || wanted.config.timeframe != series.timeframe)
    throw Error(Failure::usage, fmt::format("dataset {} has bars of {} of {}", from.id,
                                            series.timeframe.name(), series.symbol));

  const bool dry_run = asked(request, "dry_run").value_or("0") == "1";
  store::Transaction change(database_);
  const auto started = cycle::start(change, home_, wanted, clock_.now());
  if (started.outcome == schedule::Outcome::already && !dry_run)
    return conflict(
        change, started.schedule, clock_,
        Error(Failure::refused, fmt::format("schedule {} is active already", started.schedule.id)));
  if (dry_run) return with_status(change, started.schedule, clock_);
  change.commit();
  return with_status(database_, started.schedule, clock_, 201);
}

Answer Routes::control(const Request& request) {
  auto body = body_of(request);
  const auto asked_id = body.find("schedule_id");
  const auto schedule = store::schedules::get_or_only(
      database_, asked_id ? std::optional(asked_id->as_string()) : std::nullopt);
  const auto given = body.find("reason");
  const auto reason = given ? std::optional(given->as_string()) : std::nullopt;
  const bool cancel_running = body.boolean("cancel_running", false);
  body.finish();
  const auto verb = request.segments.back();
  const auto now = clock_.now();
  const auto change_it = [&](store::Transaction& change) {
    if (verb == "stop") return schedule::stop(change, schedule.id, reason, now);
    if (verb == "pause") return schedule::pause(change, schedule.id, reason, now);
    if (verb == "resume") return schedule::resume(change, schedule.id, now);
    if (verb == "freeze") return schedule::freeze(change, schedule.id, reason, now);
    if (verb == "unfreeze") return schedule::unfreeze(change, schedule.id, now);
    return schedule::skip_next(change, schedule.id, now);
  };
  try {
    store::Transaction change(database_);
    [[maybe_unused]] const auto outcome = change_it(change);  // already so: the answer is the same
    change.commit();
  } catch (const Error& error) {
    if (error.failure() != Failure::refused) throw;
    return conflict(database_, store::schedules::get(database_, schedule.id), clock_, error);
  }
  if (verb == "stop" && cancel_running) {
    if (const auto cycle = store::cycles::running(database_, schedule.id)) schedule::ask_to_stop(*cycle);
  }
  return with_status(database_, store::schedules::get(database_, schedule.id), clock_);
}

Answer Routes::version(const Request&) {
  base::JsonWriter json;
  json.object().field("version", base::version()).field("commit", base::commit());
  json.field("database_schema", database_.schema()).field("protocol", 1);
  return {.body = json.end().text()};
}

}  // namespace ctt::serve
