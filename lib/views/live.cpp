#include "views/live.h"

namespace ctt::views {

using store::LiveSession;

void add_live_status(base::JsonWriter& json, const LiveSession* session, bool running) {
  json.field("running", running);
  if (session == nullptr) {
    for (const auto* key :
         {"session_id", "schedule_id", "symbol", "timeframe", "paper", "equity", "initial_equity", "pnl",
          "pnl_pct", "position", "position_qty", "entry_price", "replay", "cash", "limits"})
      json.field(key, nullptr);
    json.field("total_trades", 0).field("total_bars", 0);
    for (const auto* key : {"max_drawdown_pct", "drawdown_pct", "model_version", "model_sha256"})
      json.field(key, nullptr);
    json.field("swap_count", 0).field("last_bar_at", nullptr).field("started_at", nullptr);
    return;
  }
  const auto& state = session->state;
  json.field("session_id", session->id).field("schedule_id", session->schedule_id);
  json.field("symbol", session->symbol).field("timeframe", session->timeframe).field("paper", session->paper);
  json.field("equity", state.equity)
      .field("initial_equity", session->initial_equity)
      .field("pnl", session->pnl())
      .field("pnl_pct", session->pnl_pct());
  json.field("position", state.position_qty > 0 ? "asset" : "cash")
      .field("position_qty", state.position_qty)
      .field("entry_price", state.entry_price);
  json.field("total_trades", state.total_trades).field("total_bars", state.total_bars);
  json.field("max_drawdown_pct", state.max_drawdown_pct);
  json.field("drawdown_pct", state.peak_equity > 0 ? 100 * (1 - state.equity / state.peak_equity) : 0.0);
  json.field("model_version", session->model_version).field("model_sha256", session->model_sha256);
  json.field("swap_count", session->swap_count)
      .field("last_bar_at", state.last_bar_at)
      .field("started_at", session->started_at);
  json.field("replay", session->replay).field("cash", state.cash).raw_field("limits", session->config);
}

void add_session(base::JsonWriter& json, const LiveSession& session) {
  const auto& state = session.state;
  const bool over = session.status != store::SessionStatus::running;
  json.field("id", session.id)
      .field("schedule_id", session.schedule_id)
      .field("experiment_id", session.experiment_id)
      .raw_field("config", session.config)
      .field("status", store::name(session.status));
  json.field("started_at", session.started_at).field("stopped_at", session.stopped_at);
  json.field("symbol", session.symbol).field("timeframe", session.timeframe).field("paper", session.paper);
  json.field("initial_equity", session.initial_equity)
      .field("equity", state.equity)
      .field("final_equity", over ? std::optional(state.equity) : std::nullopt);
  json.field("total_trades", state.total_trades).field("total_bars", state.total_bars);
  json.field("pnl", session.pnl())
      .field("pnl_pct", session.pnl_pct())
      .field("max_drawdown_pct", state.max_drawdown_pct);
  json.field("model_version", session.model_version)
      .field("swap_count", session.swap_count)
      .field("message", session.message)
      .field("replay", session.replay)
      .field("last_bar_at", state.last_bar_at);
}

void add_trade(base::JsonWriter& json, const store::LiveTrade& trade) {
  json.field("id", trade.id)
      .field("session_id", trade.session_id)
      .field("timestamp", trade.timestamp)
      .field("step", trade.step)
      .field("side", store::name(trade.side))
      .field("symbol", trade.symbol)
      .field("price", trade.price)
      .field("size", trade.size)
      .field("commission", trade.commission)
      .field("fee_bp", trade.fee_bp)
      .field("slippage_bp", trade.slippage_bp)
      .field("alpaca_order_id", trade.alpaca_order_id)
      .field("model_version", trade.model_version);
}

std::string measured_costs_json(const upkeep::MeasuredCosts& measured) {
  const auto known = [&](double number) { return measured.fills > 0 ? std::optional(number) : std::nullopt; };
  base::JsonWriter json;
  json.object().field("fills", measured.fills).field("side_bp", known(measured.side_bp));
  json.field("fee_bp", known(measured.fee_bp)).field("slippage_bp", known(measured.slippage_bp));
  json.field("model_version", measured.model_version);
  json.raw_field("trained_for", measured.trained_for ? market::costs_json(*measured.trained_for) : "null");
  return json.field("above_trained", measured.above_trained()).end().text();
}

const char* position_word(double quantity) { return quantity > 0 ? "asset" : "cash"; }

base::JsonWriter live_action(const store::LiveDecision& decision,
                             const std::optional<std::string>& schedule_id) {
  base::JsonWriter json;
  json.object().field("type", "live_action");
  if (schedule_id) json.field("schedule_id", *schedule_id).field("session_id", decision.session_id);
  json.field("step", decision.step).field("action", decision.action);
  json.field("action_label", store::name(decision.side)).field("price", decision.price);
  json.field("position", position_word(decision.position)).field("quantity", decision.position);
  json.field("equity", decision.equity)
      .field("timestamp", decision.bar_open_time.time_since_epoch().count())
      .field("model_version", decision.model_version);
  json.end();
  return json;
}

}  // namespace ctt::views
