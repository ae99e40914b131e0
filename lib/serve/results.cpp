#include "serve/results.h"

#include <algorithm>

#include "audit/trading_results.h"
#include "serve/learned_bars.h"
#include "upkeep/measured_costs.h"
#include "views/live.h"

namespace ctt::serve {

namespace {

constexpr std::size_t kTripsMax = 1000;

// What each model's lineage had learned from, the newest models first.
std::map<std::int64_t, base::Seconds> seen_until(const Call& call,
                                                 const std::vector<store::LiveDecision>& decisions) {
  LearnedBars learned(call);
  std::map<std::int64_t, base::Seconds> seen;
  for (auto decision = decisions.rbegin(); decision != decisions.rend(); ++decision) {
    if (const auto until = learned.until(decision->model_version)) seen[decision->model_version] = *until;
  }
  return seen;
}

void add_trip(base::JsonWriter& json, const replay::RoundTrip& trip, bool over) {
  json.object()
      .field("entry_at", trip.entered_at)
      .field("exit_at", over ? std::optional(trip.left_at) : std::nullopt);
  json.field("entry_price", trip.entry_price())
      .field("exit_price", over ? std::optional(trip.exit_price()) : std::nullopt)
      .field("quantity", trip.quantity);
  json.field("profit", over ? std::optional(trip.profit()) : std::nullopt)
      .field("profit_pct", over ? std::optional(100 * trip.return_fraction) : std::nullopt)
      .field("commission", trip.commission);
  json.field("duration_s", over ? std::optional((trip.left_at - trip.entered_at).count()) : std::nullopt)
      .field("model_version", trip.entry_version)
      .field("exit_model_version", over ? std::optional(trip.exit_version) : std::nullopt)
      .end();
}

void add_periods(base::JsonWriter& json, const char* key, const std::vector<audit::PeriodResult>& periods) {
  json.key(key).array();
  for (const auto& one : periods)
    json.object().field("period", one.period).field("return_pct", one.return_pct).end();
  json.end();
}

void add_models(base::JsonWriter& json, const std::vector<audit::ServedResult>& models) {
  json.key("models").array();
  for (const auto& model : models) {
    json.object()
        .field("model_version", model.model_version)
        .field("from", model.first)
        .field("to", model.last);
    json.field("bars", model.bars).field("in_sample_bars", model.in_sample_bars);
    json.field("fills", model.fills).field("return_pct", model.return_pct).end();
  }
  json.end();
}

}  // namespace

RestAnswer trading_results_of(const Call& call, const Traded& asked) {
  const auto decisions = asked.decisions(call.database);
  const auto trades = asked.trades(call.database);
  const auto results = audit::trading_results(decisions, trades, seen_until(call, decisions));
  const auto& closed = results.round_trips.closed;
  std::vector<std::string> ids;
  for (const auto& session : asked.sessions) ids.push_back(session.id);
  base::JsonWriter json;
  json.object().field("schedule_id", asked.schedule.id).field("sessions", ids);
  json.field("replay", asked.is_replay()).field("bars", decisions.size());
  json.field("in_sample_bars", results.in_sample_bars);
  json.field("from", decisions.empty() ? std::nullopt : std::optional(decisions.front().bar_open_time));
  json.field("to", decisions.empty() ? std::nullopt : std::optional(decisions.back().bar_open_time));
  json.field("return_pct", results.return_pct).field("hold_pct", results.hold_pct);
  json.field("max_drawdown_pct", results.max_drawdown_pct);
  json.field("commission", results.commission).field("slippage", results.slippage);
  json.field("win_rate", results.win_rate).field("trips", closed.size());
  json.key("round_trips").array();
  const auto given = static_cast<std::ptrdiff_t>(std::min(closed.size(), call.limit(200, kTripsMax)));
  for (auto trip = closed.end() - given; trip != closed.end(); ++trip) add_trip(json, *trip, true);
  json.end().key("open");
  if (results.round_trips.open) {
    add_trip(json, *results.round_trips.open, false);
  } else {
    json.value(nullptr);
  }
  add_periods(json, "days", results.days);
  add_periods(json, "months", results.months);
  add_models(json, results.models);
  json.raw_field("costs", views::measured_costs_json(upkeep::measured_costs(call, asked.schedule.id)));
  return {.body = json.end().text()};
}

}  // namespace ctt::serve
