#include "serve/live_tail.h"

#include "base/json.h"
#include "serve/drawn_bar.h"
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

// The head of a frame, left open.
JsonWriter frame_of(const char* type, const LiveSession& session) {
  JsonWriter json;
  json.object().field("type", type).field("schedule_id", session.schedule_id);
  json.field("session_id", session.id);
  return json;
}

std::string status_frame(const LiveSession* session) {
  if (session == nullptr) {
    JsonWriter json;
    json.object().field("type", "live_status").field("state", "stopped").field("session_id", nullptr);
    for (const auto* key : {"equity", "pnl", "pnl_pct", "total_bars", "total_trades", "drawdown_pct"})
      json.field(key, 0);
    json.field("symbol", "").field("position", views::position_word(0)).field("entry_price", nullptr);
    return json.end().text();
  }
  auto json = frame_of("live_status", *session);
  const auto& state = session->state;
  json.field("state", name(session->status))
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
  auto json = frame_of("live_portfolio", session);
  json.field("equity", state.equity)
      .field("cash", state.cash)
      .field("position_value", state.equity - state.cash)
      .field("pnl", session.pnl())
      .field("pnl_pct", session.pnl_pct())
      .field("drawdown_pct", drawdown_pct(state))
      .field("position_qty", state.position_qty)
      .field("entry_price", state.entry_price)
      .end();
  return json.text();
}

/// The bars decisions were made on, oldest first; `before`: the price that was met before them.
class Bars {
 public:
  Bars(store::Database& database, const LiveSession& session, const std::vector<LiveDecision>& decisions,
       std::optional<double> before = {}) {
    if (decisions.empty()) return;
    for (const auto& decision : decisions) {
      candles_[decision.bar_open_time] = drawn_bar(decision, before);
      before = decision.price;
    }
    const auto schedule = store::schedules::find(database, session.schedule_id);
    const auto dataset = schedule ? store::datasets::find(database, schedule->dataset_id) : std::nullopt;
    if (!dataset) return;
    const auto series =
        store::candles::newest(database, dataset->series(), decisions.size(), decisions.back().bar_open_time);
    for (const auto& candle : series.candles) candles_[candle.open_time] = candle;
  }

  void write(JsonWriter& json, const LiveDecision& decision) const {
    const auto& candle = candles_.at(decision.bar_open_time);
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

std::string bar_frame(const Bars& bars, const LiveSession& session, const LiveDecision& decision) {
  auto json = frame_of("live_bar", session);
  json.field("step", decision.step);
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
  auto json = frame_of("live_trade", session);
  write_trade(json, trade);
  json.field("entry_price", session.state.entry_price).end();
  return json.text();
}

std::string bars_history(const Bars& bars, const LiveSession& session,
                         const std::vector<LiveDecision>& decisions) {
  auto json = frame_of("live_bars_history", session);
  json.key("bars").array();
  for (const auto& decision : decisions) {
    json.object();
    bars.write(json, decision);
    json.end();
  }
  json.end().end();
  return json.text();
}

std::string trades_history(const LiveSession& session, const std::vector<LiveTrade>& trades) {
  auto json = frame_of("live_trades_history", session);
  json.key("trades").array();
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
  for (const auto& now : sessions()) begin(now);
}

// Of each schedule the session that runs or, when none does, the one that is followed; the newest of all is last.
std::vector<LiveSession> LiveTail::sessions() {
  std::vector<LiveSession> current;
  const auto last = store::live_sessions::list(database_, 1);
  if (last.empty()) return current;
  for (const auto& schedule : store::schedules::list(database_)) {
    if (schedule.id == last.front().schedule_id) continue;
    const auto running = store::live_sessions::running(database_, schedule.id);
    const auto known = followed_.find(schedule.id);
    auto session = !running.empty() ? std::optional(running.back())
                   : known == followed_.end()
                       ? store::live_sessions::newest(database_, schedule.id)
                       : store::live_sessions::find(database_, known->second.session_id);
    if (session) current.push_back(*session);
  }
  current.push_back(last.front());
  return current;
}

void LiveTail::begin(const LiveSession& session) {
  const auto decisions = store::live_decisions::newest(database_, session.id, 1);
  followed_[session.schedule_id] = {
      .session_id = session.id,
      .status = session.status,
      .step = decisions.empty() ? -1 : decisions.back().step,
      .price = decisions.empty() ? std::nullopt : std::optional(decisions.back().price),
      .trades = static_cast<std::size_t>(store::live_trades::count(database_, session.id))};
}

std::vector<std::string> LiveTail::greeting() {
  const auto last = store::live_sessions::list(database_, 1);
  if (last.empty()) return {status_frame(nullptr)};
  const auto& now = last.front();
  const auto found = followed_.find(now.schedule_id);
  const bool known = found != followed_.end() && found->second.session_id == now.id;
  auto decisions = store::live_decisions::newest(database_, now.id, kBars);
  std::erase_if(decisions, [&](const LiveDecision& one) { return !known || one.step > found->second.step; });
  std::vector<LiveTrade> trades;
  if (known && found->second.trades > 0) {
    const auto count = found->second.trades;
    const auto skipped = count > kTrades ? count - kTrades : 0;
    trades = store::live_trades::of_session(database_, now.id, count - skipped, skipped);
  }
  return {status_frame(&now), bars_history(Bars(database_, now, decisions), now, decisions),
          trades_history(now, trades)};
}

std::vector<LiveTail::Frame> LiveTail::news() {
  std::vector<Frame> frames;
  const auto current = sessions();
  for (const auto& session : current) add_news(frames, session, &session == &current.back());
  return frames;
}

void LiveTail::add_news(std::vector<Frame>& frames, const LiveSession& now, bool newest) {
  auto& seen = followed_[now.schedule_id];
  const auto hand_on = [&](std::string text) { frames.push_back({std::move(text), newest}); };
  if (now.id != seen.session_id || now.status != seen.status) {
    hand_on(status_frame(&now));
    if (now.id != seen.session_id) seen = {.session_id = now.id, .price = {}};
    seen.status = now.status;
  }
  auto decisions = store::live_decisions::newest(database_, now.id, kBars);
  std::erase_if(decisions, [&](const LiveDecision& decision) { return decision.step <= seen.step; });
  const Bars bars(database_, now, decisions, seen.price);
  for (const auto& decision : decisions) {
    hand_on(bar_frame(bars, now, decision));
    hand_on(views::live_action(decision, now.schedule_id).text());
    seen.step = decision.step;
    seen.price = decision.price;
  }
  const auto trades = store::live_trades::of_session(database_, now.id, kBars, seen.trades);
  for (const auto& trade : trades) hand_on(trade_frame(trade, now));
  seen.trades += trades.size();
  if (!decisions.empty() || !trades.empty()) hand_on(portfolio_frame(now));
}

}  // namespace ctt::serve
