#include "cmd/trade/trader_view.h"

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/trade/trade_verb.h"
#include "trader/halt.h"
#include "trader/trader_session.h"
#include "views/live.h"
#include "views/status.h"
#include "wire/client.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

base::JsonObject TraderView::answered() const {
  return base::JsonValue::parse(*answer, "the trader's answer").as_object();
}

TraderView view_trader(Context& context, const store::Schedule& row,
                       std::optional<std::chrono::milliseconds> patience) {
  TraderView view{row};
  view.replay = views::running_replay({context.readable_database(), context.home, context.clock}, row.id);
  const auto reply = ask_trader(context, row.id, "status", patience);
  if (reply.outcome != wire::CallOutcome::nobody_listening) {
    if (!reply.ok()) throw trader::trader_refused(context.home, row.id, reply);
    view.answer = reply.body;
  } else {
    view.session = store::live_sessions::newest(context.readable_database(), row.id);
  }
  return view;
}

TraderView view_trader_or_problem(Context& context, const store::Schedule& row,
                                  std::optional<std::chrono::milliseconds> patience) {
  try {
    return view_trader(context, row, patience);
  } catch (const Error& error) {
    if (error.failure() != Failure::refused && error.failure() != Failure::unreachable) throw;
    return view_silent_trader(context, row, error.what());
  }
}

TraderView view_silent_trader(Context& context, const store::Schedule& row, const std::string& problem) {
  TraderView view{row};
  view.session = store::live_sessions::newest(context.readable_database(), row.id);
  view.problem = problem;
  return view;
}

upkeep::MeasuredCosts measured_costs(Context& context, const std::string& schedule) {
  return upkeep::measured_costs({context.readable_database(), context.home, context.clock}, schedule);
}

double profit_of(const store::LiveSession& session) {
  return session.state.equity - trader::budget_of(session).value_or(session.initial_equity);
}

std::string trader_json(Context& context, const TraderView& view) {
  base::JsonWriter json;
  json.object().field("schedule_id", view.row.id).field("running", view.answer.has_value());
  if (view.answer) json.raw_field("trader", *view.answer).field("replay", view.is_replay());
  json.field("replay_model_version", view.replay ? view.replay->model_version : std::nullopt);
  if (view.problem) json.field("problem", *view.problem);
  if (!view.answer)
    json.field("state", store::name(view.row.trader_state))
        .field("state_reason", view.row.trader_state_reason);
  if (const auto& session = view.session) {
    json.field("session_id", session->id).field("status", store::name(session->status));
    json.field("equity", session->state.equity).field("pnl_pct", session->pnl_pct());
    json.field("budget_usd", trader::budget_of(*session)).field("profit_usd", profit_of(*session));
    json.field("position", session->state.position_qty).field("model_version", session->model_version);
    json.field("message", session->message);
  }
  if (view.answer || view.session)
    json.raw_field("measured_costs", views::measured_costs_json(measured_costs(context, view.row.id)));
  return json.end().text();
}

TraderFigures figures_of(const TraderView& view) {
  if (view.answer) {
    auto status = view.answered();
    return {.symbol = status.string("symbol"),
            .state = status.string("state") + (view.is_replay() ? ", a replay" : ""),
            .equity = fmt::format("{:.2f}", status.number("equity")),
            .profit = fmt::format("{:+.2f}", status.number("profit_usd", 0)),
            .drawdown = fmt::format("{:.2f} %", status.number("drawdown_pct")),
            .position = fmt::format("{:.8g}", status.number("position")),
            .model = fmt::format("v{}", status.integer("model_version"))};
  }
  const auto restricted = view.row.trader_state == store::TraderState::active
                              ? std::string()
                              : fmt::format("{}, ", store::name(view.row.trader_state));
  TraderFigures figures;
  figures.state = restricted + (view.problem   ? "does not answer"
                                : view.session ? "not running"
                                               : "never ran");
  if (!view.session) return figures;
  const auto& session = *view.session;
  figures.symbol = session.symbol;
  figures.equity = fmt::format("{:.2f}", session.state.equity);
  figures.profit = fmt::format("{:+.2f}", profit_of(session));
  figures.drawdown = fmt::format("{:.2f} %", session.state.max_drawdown_pct);
  figures.position = fmt::format("{:.8g}", session.state.position_qty);
  if (session.model_version) figures.model = fmt::format("v{}", *session.model_version);
  return figures;
}

}  // namespace ctt::cmd
