#include "serve/live_tail.h"

#include "base/json.h"
#include "store/candles.h"
#include "store/datasets.h"
#include "store/live_decisions.h"
#include "store/live_trades.h"
#include "store/schedules.h"
#include "views/live.h"

namespace ctt::serve {

using base::JsonWriter;
using store::LiveDecision;
using store::LiveSession;
using store::LiveTrade;

namespace {

constexpr std::size_t kBars = 500;
constexpr std::size_t kTrades = 1000;

std::int64_t epoch(base::Seconds at) { return at.time_since_epoch().count(); }
std::int64_t epoch(base::Instant at) { return epoch(std::chrono::floor<std::chrono::seconds>(at)); }

double drawdown_pct(const store::SessionState& state) {
  return state.peak_equity > 0 ? 100 * (1 - state.equity / state.peak_equity) : 0;
}

std::string status_frame(const std::optional<LiveSession>& session) {
  JsonWriter json;
  json.object().field("type", "live_status");
  if (!session) {
    json.field("state", "stopped").field("session_id", nullptr).end();
    return json.text();
  }
  const auto& state = session->state;
  json.field("state", name(session->status))
      .field("session_id", session->id)
      .field("symbol", session->symbol)
      .field("equity", state.equity)
      .field("pnl", session->pnl())
      .field("pnl_pct", session->pnl_pct())
      .field("position", views::position_word(state.position_qty))
      .field("entry_price", state.entry_price)
      .field("total_bars", state.total_bars)
      .field("total_trades", state.total_trades)
      .field("drawdown_pct", drawdown_pct(state))
      .end();
  return json.text();
}

std::string portfolio_frame(const LiveSession& session) {
  const auto& state = session.state;
  JsonWriter json;
  json.object()
      .field("type", "live_portfolio")
      .field("equity", state.equity)
      .field("cash", state.cash)
      .field("position_value", state.equity - state.cash)
      .field("pnl", session.pnl())
      .field("pnl_pct", session.pnl_pct())
      .field("drawdown_pct", drawdown_pct(state))
      .field("entry_price", state.entry_price)
      .end();
  return json.text();
}

/// The bars decisions were made on. One that the store does not hold (a replay of a file) is drawn at
/// its closing price.
class Bars {
 public:
  Bars(store::Database& database, const LiveSession& session, const std::vector<LiveDecision>& decisions) {
    if (decisions.empty()) return;
    const auto schedule = store::schedules::find(database, session.schedule_id);
    const auto dataset = schedule ? store::datasets::find(database, schedule->dataset_id) : std::nullopt;
    if (!dataset) return;
    const auto series =
        store::candles::newest(database, dataset->series(), decisions.size(), decisions.back().bar_open_time);
    for (const auto& candle : series.candles) candles_[candle.open_time] = candle;
  }

  void write(JsonWriter& json, const LiveDecision& decision) const {
    const auto found = candles_.find(decision.bar_open_time);
    const auto candle = found != candles_.end() ? found->second
                                                : market::Candle{.open_time = decision.bar_open_time,
                                                                 .open = decision.price,
                                                                 .high = decision.price,
                                                                 .low = decision.price,
                                                                 .close = decision.price,
                                                                 .volume = 0};
    json.field("timestamp", epoch(candle.open_time))
        .field("open", candle.open)
        .field("high", candle.high)
        .field("low", candle.low)
        .field("close", candle.close)
        .field("volume", candle.volume);
  }

 private:
  std::map<base::Seconds, market::Candle> candles_;
};

std::string bar_frame(const Bars& bars, const LiveDecision& decision) {
  JsonWriter json;
  json.object().field("type", "live_bar").field("step", decision.step);
  bars.write(json, decision);
  json.end();
  return json.text();
}

void write_trade(JsonWriter& json, const LiveTrade& trade) {
  json.field("step", trade.step)
      .field("timestamp", epoch(trade.timestamp))
      .field("side", name(trade.side))
      .field("symbol", trade.symbol)
      .field("price", trade.price)
      .field("size", trade.size)
      .field("commission", trade.commission)
      .field("alpaca_order_id", trade.alpaca_order_id)
      .field("model_version", trade.model_version);
}

std::string trade_frame(const LiveTrade& trade, const LiveSession& session) {
  JsonWriter json;
  json.object().field("type", "live_trade");
  write_trade(json, trade);
  json.field("entry_price", session.state.entry_price).end();
  return json.text();
}

std::string bars_history(const Bars& bars, const std::vector<LiveDecision>& decisions) {
  JsonWriter json;
  json.object().field("type", "live_bars_history").key("bars").array();
  for (const auto& decision : decisions) {
    json.object();
    bars.write(json, decision);
    json.end();
  }
  json.end().end();
  return json.text();
}

std::string trades_history(const std::vector<LiveTrade>& trades) {
  JsonWriter json;
  json.object().field("type", "live_trades_history").key("trades").array();
  for (const auto& trade : trades) {
    json.object();
    write_trade(json, trade);
    json.end();
  }
  json.end().end();
  return json.text();
}

}  // namespace

LiveTail::LiveTail(store::Database& database) : database_(database) {
  if (const auto now = session()) begin(*now);
}

std::optional<LiveSession> LiveTail::session() {
  const auto newest = store::live_sessions::list(database_, 1);
  return newest.empty() ? std::nullopt : std::optional(newest.front());
}

void LiveTail::begin(const LiveSession& session) {
  session_id_ = session.id;
  status_ = session.status;
  const auto decisions = store::live_decisions::newest(database_, session.id, 1);
  step_ = decisions.empty() ? -1 : decisions.back().step;
  trades_ = static_cast<std::size_t>(store::live_trades::count(database_, session.id));
}

std::vector<std::string> LiveTail::greeting() {
  const auto now = session();
  if (!now) return {status_frame(now)};
  const bool known = now->id == session_id_;
  auto decisions = store::live_decisions::newest(database_, now->id, kBars);
  std::erase_if(decisions, [&](const LiveDecision& decision) { return !known || decision.step > step_; });
  std::vector<LiveTrade> trades;
  if (known && trades_ > 0) {
    const auto skipped = trades_ > kTrades ? trades_ - kTrades : 0;
    trades = store::live_trades::of_session(database_, now->id, trades_ - skipped, skipped);
  }
  return {status_frame(now), bars_history(Bars(database_, *now, decisions), decisions),
          trades_history(trades)};
}

std::vector<std::string> LiveTail::news() {
  const auto now = session();
  if (!now) return {};
  std::vector<std::string> frames;
  if (now->id != session_id_ || now->status != status_) {
    frames.push_back(status_frame(now));
    if (now->id != session_id_) step_ = -1, trades_ = 0;
    session_id_ = now->id;
    status_ = now->status;
  }
  auto decisions = store::live_decisions::newest(database_, now->id, kBars);
  std::erase_if(decisions, [&](const LiveDecision& decision) { return decision.step <= step_; });
  const Bars bars(database_, *now, decisions);
  for (const auto& decision : decisions) {
    frames.push_back(bar_frame(bars, decision));
    frames.push_back(views::live_action(decision).text());
    step_ = decision.step;
  }
  const auto trades = store::live_trades::of_session(database_, now->id, kBars, trades_);
  for (const auto& trade : trades) frames.push_back(trade_frame(trade, *now));
  trades_ += trades.size();
  if (!decisions.empty() || !trades.empty()) frames.push_back(portfolio_frame(*now));
  return frames;
}

}  // namespace ctt::serve
