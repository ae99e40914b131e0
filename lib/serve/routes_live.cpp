#include "serve/routes_live.h"

#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "schedule/liveness.h"
#include "serve/conflict.h"
#include "serve/drawn_bar.h"
#include "serve/learned_bars.h"
#include "serve/results.h"
#include "serve/series.h"
#include "serve/traded.h"
#include "store/candles.h"
#include "store/datasets.h"
#include "store/schedules.h"
#include "trader/halt.h"
#include "views/live.h"
#include "wire/client.h"

namespace ctt::serve {

using base::Error;
using base::Failure;
using store::LiveSession;

namespace {

constexpr std::chrono::seconds kTraderPatience{2};  // the server waits meanwhile
constexpr std::size_t kPointsMax = 20'000;

std::optional<store::Schedule> schedule_of(const Call& call, const std::optional<LiveSession>& session) {
  if (const auto asked = call.asked("schedule_id")) return store::schedules::get(call.database, *asked);
  return session ? store::schedules::find(call.database, session->schedule_id) : std::nullopt;
}

// The newest session of the schedule asked for or, when none is, of all.
std::optional<LiveSession> newest(const Call& call) {
  if (const auto asked = call.asked("schedule_id"))
    return store::live_sessions::newest(call.database, store::schedules::get(call.database, *asked).id);
  auto sessions = store::live_sessions::list(call.database, 1);
  return sessions.empty() ? std::nullopt : std::optional(std::move(sessions.front()));
}

RestAnswer status(const Call& call) {
  const auto session = newest(call);
  const auto schedule = schedule_of(call, session);
  base::JsonWriter json;
  json.object();
  views::add_live_status(json, session ? &*session : nullptr,
                         session && schedule::is_alive(call.home, *session));
  json.field("state", schedule ? std::optional(store::name(schedule->trader_state)) : std::nullopt);
  json.field("state_reason", schedule ? schedule->trader_state_reason : std::nullopt);
  return {.body = json.end().text()};
}

// Whoever was killed left a row that says running.
LiveSession as_it_is(const Call& call, LiveSession session) {
  if (session.status != store::SessionStatus::running || schedule::is_alive(call.home, session))
    return session;
  session.status = store::SessionStatus::failed;
  session.message = fmt::format("its process (pid {}) is gone without a word", session.pid);
  return session;
}

RestAnswer sessions(const Call& call) {
  auto of = call.asked("schedule_id");
  if (of) of = store::schedules::get(call.database, *of).id;
  const auto offset = static_cast<std::size_t>(call.asked_number("offset", 0).value_or(0));
  LearnedBars learned(call);
  base::JsonWriter json;
  json.array();
  for (const auto& session : sessions_of(call.database, of, call.limit(100, 1000), offset)) {
    json.object().field("in_sample", learned.are_in(session));
    views::add_session(json, as_it_is(call, session));
    json.end();
  }
  return {.body = json.end().text()};
}

LiveSession named_session(const Call& call) {
  const auto& id = call.request.segments.at(3);
  if (auto session = store::live_sessions::find(call.database, id)) return *session;
  throw Error(Failure::not_found, fmt::format("there is no trading session {}", id)).fix("ctt trade status");
}

RestAnswer session(const Call& call) {
  const auto session = named_session(call);
  base::JsonWriter json;
  json.object().field("in_sample", LearnedBars(call).are_in(session));
  views::add_session(json, as_it_is(call, session));
  return {.body = json.end().text()};
}

RestAnswer session_trades(const Call& call) {
  const auto offset = static_cast<std::size_t>(call.asked_number("offset", 0).value_or(0));
  base::JsonWriter json;
  json.array();
  for (const auto& trade : store::live_trades::of_session(call.database, named_session(call).id,
                                                          call.limit(1000, 10'000), offset)) {
    json.object();
    views::add_trade(json, trade);
    json.end();
  }
  return {.body = json.end().text()};
}

std::size_t points_max(const Call& call) {
  return std::min(kPointsMax, static_cast<std::size_t>(call.asked_number("max_points").value_or(2000)));
}

std::int64_t epoch(base::Seconds time) { return time.time_since_epoch().count(); }

// `"v":[1,2]` of a member, or of what a function makes of each row.
template <class Row, class Read>
void column(base::JsonWriter& json, const char* key, const std::vector<Row>& rows, Read read) {
  json.key(key).array();
  for (const auto& row : rows) json.value(std::invoke(read, row));
  json.end();
}

RestAnswer finished(base::JsonWriter& json, std::size_t total, std::size_t given) {
  json.field("total", total).field("sampled", given < total);
  return {.body = json.end().text()};
}

// `hold` is what the first point's equity would have become had it bought at that bar and held.
RestAnswer equity(const Call& call) {
  const auto asked = traded(call);
  const auto decisions = asked.decisions(call.database);
  std::vector<store::EquityPoint> all;
  std::map<base::Seconds, double> price;
  for (const auto& decision : decisions) {
    all.push_back({decision.bar_open_time, decision.equity, decision.model_version});
    price[decision.bar_open_time] = decision.price;
  }
  // The newest bar of all is not decided on before the next one is there.
  if (!all.empty() && asked.sessions.back().state.last_bar_at > all.back().at &&
      asked.sessions.back().state.last_bar_at <= asked.last()) {
    all.push_back({*asked.sessions.back().state.last_bar_at, asked.sessions.back().state.equity,
                   all.back().model_version});
  }
  const auto points = sampled(std::span<const store::EquityPoint>(all), points_max(call));
  base::JsonWriter json;
  json.object();
  column(json, "t", points, [](const store::EquityPoint& point) { return epoch(point.at); });
  column(json, "v", points, &store::EquityPoint::equity);
  column(json, "hold", points, [&](const store::EquityPoint& point) {
    const auto met = price.find(point.at);
    return met == price.end() ? std::nullopt
                              : std::optional(all.front().equity * met->second / decisions.front().price);
  });
  column(json, "model_version", points, &store::EquityPoint::model_version);
  json.field("first_price", decisions.empty() ? std::nullopt : std::optional(decisions.front().price));
  return finished(json, all.size(), points.size());
}

std::vector<market::Candle> stored_in(const Call& call, const Traded& wanted,
                                      const std::vector<store::LiveDecision>& decided) {
  const auto series = store::datasets::get(call.database, wanted.schedule.dataset_id).series();
  if (wanted.is_replay() && decided.empty()) return {};
  if (wanted.is_replay())  // nothing from before its beginning or beyond its now
    return store::candles::range(call.database, series,
                                 {decided.front().bar_open_time, decided.back().bar_open_time})
        .candles;
  return (wanted.from ? store::candles::range(call.database, series, {wanted.first(), wanted.last()})
                      : store::candles::newest(call.database, series, Traded::kNewest, wanted.last()))
      .candles;
}

struct KnownBars {
  std::vector<market::Candle> all{};
  std::size_t drawn = 0;  ///< how many of them are made of the closes that were decided on
};

// The stored bars and, where there are none (a replay of a file), those that were decided on, as far as they are known.
KnownBars bars_in(const Call& call, const Traded& wanted) {
  std::map<base::Seconds, market::Candle> by_time;
  const auto decided = wanted.decisions(call.database);
  std::optional<double> before;
  for (const auto& decision : decided) {
    by_time[decision.bar_open_time] = drawn_bar(decision, before);
    before = decision.price;
  }
  KnownBars bars{.all = {}, .drawn = by_time.size()};
  for (const auto& candle : stored_in(call, wanted, decided)) {
    const auto [place, alone] = by_time.insert_or_assign(candle.open_time, candle);
    if (!alone) --bars.drawn;
  }
  for (const auto& [time, candle] : by_time) bars.all.push_back(candle);
  return bars;
}

RestAnswer bars(const Call& call) {
  const auto [all, drawn] = bars_in(call, traded(call));
  const auto kept = sampled(std::span(all), points_max(call));
  base::JsonWriter json;
  json.object();
  column(json, "t", kept, [](const market::Candle& bar) { return epoch(bar.open_time); });
  column(json, "o", kept, &market::Candle::open);
  column(json, "h", kept, &market::Candle::high);
  column(json, "l", kept, &market::Candle::low);
  column(json, "c", kept, &market::Candle::close);
  column(json, "v", kept, &market::Candle::volume);
  json.field("drawn", drawn);
  return finished(json, all.size(), kept.size());
}

// Fills are not put together: of too many, the newest are given.
RestAnswer trades(const Call& call) {
  using store::LiveTrade;
  const auto all = traded(call).trades(call.database);
  const auto given = static_cast<std::ptrdiff_t>(std::min(all.size(), points_max(call)));
  const std::vector<LiveTrade> kept(all.end() - given, all.end());
  base::JsonWriter json;
  json.object();
  column(json, "t", kept, [](const LiveTrade& trade) {
    return epoch(std::chrono::floor<std::chrono::seconds>(trade.timestamp));
  });
  column(json, "v", kept, &LiveTrade::price);
  column(json, "side", kept, [](const LiveTrade& trade) { return store::name(trade.side); });
  column(json, "size", kept, &LiveTrade::size);
  column(json, "commission", kept, &LiveTrade::commission);
  column(json, "model_version", kept, &LiveTrade::model_version);
  return finished(json, all.size(), kept.size());
}

RestAnswer results(const Call& call) { return trading_results_of(call, traded(call)); }

RestAnswer set_halt(const Call& call) {
  const bool halt = call.request.segments.back() == "halt";
  auto body = call.body();
  const auto asked = body.find("schedule_id");
  const auto schedule =
      store::schedules::get_or_only(call.database, asked ? std::optional(asked->as_string()) : std::nullopt);
  const auto reason = body.string("reason", halt ? "halted by the operator" : "");
  body.finish();
  trader::Halted done;
  try {
    done = trader::set_halt(call, schedule, halt, reason, kTraderPatience);
  } catch (const Error& error) {
    if (error.failure() != Failure::refused) throw;
    return conflict(call, schedule.id, error);
  }
  base::JsonWriter json;
  json.object()
      .field("schedule_id", schedule.id)
      .field("state", store::name(done.state))
      .field("changed", done.changed)
      .field("trader_running", done.trader_running)
      .end();
  return {.body = json.text()};
}

// A replay beside the trader of an account does not listen at the schedule's socket: that trader does.
bool is_apart(const Call& call, const LiveSession& session) {
  return session.replay &&
         store::live_sessions::newest_with_account(call.database, session.schedule_id).has_value();
}

// The trader of the schedule asked for or, when none is, of the session that `/api/live/status` shows.
RestAnswer stop(const Call& call) {
  auto body = call.body();
  const auto asked = body.find("schedule_id");
  body.finish();
  const auto shown = store::live_sessions::list(call.database, 1);
  std::optional<std::string> id;
  if (asked) {
    id = asked->as_string();
  } else if (!shown.empty() && store::schedules::find(call.database, shown.front().schedule_id)) {
    id = shown.front().schedule_id;
  }
  const auto schedule = store::schedules::get_or_only(call.database, id);
  if (!asked && id && is_apart(call, shown.front())) {
    const Error error(Failure::refused,
                      fmt::format("the newest session, {}, is a replay beside the trader of {}: name the "
                                  "schedule to stop that trader",
                                  shown.front().id, schedule.id));
    return conflict(call, schedule.id, error);
  }
  const wire::Request request{.op = "stop", .sha256 = "", .reason = "", .id = 1};
  const auto reply = wire::ask(call.home.trader_socket(schedule.id), request, kTraderPatience);
  if (!reply.ok()) throw trader::trader_refused(call.home, schedule.id, reply);
  base::JsonWriter json;
  json.object().field("schedule_id", schedule.id).field("stopping", true).field("status", "stopping");
  json.field("message", fmt::format("the trader of {} ends after its bar; its position stays", schedule.id));
  return {.body = json.end().text()};
}

}  // namespace

std::vector<Route> live_routes() {
  return {{"GET", "/api/live/status", status},      {"GET", "/api/live/sessions", sessions},
          {"GET", "/api/live/sessions/*", session}, {"GET", "/api/live/sessions/*/trades", session_trades},
          {"GET", "/api/live/equity", equity},      {"GET", "/api/live/bars", bars},
          {"GET", "/api/live/trades", trades},      {"GET", "/api/live/results", results},
          {"POST", "/api/live/halt", set_halt},     {"POST", "/api/live/resume", set_halt},
          {"POST", "/api/live/stop", stop}};
}

}  // namespace ctt::serve
