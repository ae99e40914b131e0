#include "trader/trader.h"

#include <mutex>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "trader/control.h"
#include "trader/journal_writer.h"
#include "trader/trader_session.h"
#include "wire/server.h"

namespace ctt::trader {

namespace {

constexpr std::chrono::milliseconds kIdleWait{100};

// The newest state of the loop, for the control thread to read.
class Board {
 public:
  void put(const LoopState& state) {
    const std::scoped_lock lock(mutex_);
    state_ = state;
  }
  LoopState read() const {
    const std::scoped_lock lock(mutex_);
    return state_;
  }

 private:
  mutable std::mutex mutex_;
  LoopState state_;
};

}  // namespace

std::string TradeReport::json() const {
  base::JsonWriter json;
  json.object().field("session_id", session_id).field("end", end == End::stopped ? "stopped" : "feed_ended");
  json.field("bars", loop.bars)
      .field("bars_refused", loop.bars_refused)
      .field("bars_filled", loop.bars_filled);
  json.field("decisions", loop.decisions).field("trades", loop.trades).field("swaps", swaps);
  json.field("initial_equity", initial_equity).field("equity", loop.equity).field("position", loop.position);
  json.field("max_drawdown_pct", 100 * drawdown_fraction_max).field("model_version", model_version);
  return json.field("halted", halted).field("flattening", flattening).end().text();
}

Trader::Trader(Options options, base::Home home, store::Database& database, BarFeed& feed, Broker& broker,
               const base::Clock& clock)
    : options_(std::move(options)),
      home_(std::move(home)),
      database_(database),
      feed_(feed),
      broker_(broker),
      clock_(clock) {}

TradeReport Trader::run(const std::stop_token& stop) {
  home_.create();
  TraderSession session(options_, home_, database_, feed_, broker_, clock_);
  try {
    auto report = session.apart() ? trade_beside(session, stop) : trade(session, stop);
    session.close(std::nullopt);
    return report;
  } catch (const std::exception& error) {
    // The reason that ended the session is the one to report, whatever goes wrong here.
    try {
      session.close(error.what());
    } catch (const std::exception& second) {
      base::log()->error("session {} could not be closed; the next start will: {}", session.row().id,
                         second.what());
    }
    throw;
  }
}

TradeReport Trader::trade(TraderSession& session, const std::stop_token& stop) {
  auto& policies = session.policies();
  auto& risk = session.risk();
  const auto& id = session.row().id;
  JournalWriter journal({.database = home_.database(),
                         .session_id = id,
                         .schedule_id = options_.schedule,
                         .capacity = options_.journal_capacity},
                        clock_);
  DecisionLoop loop({session.contract(), options_.schedule, id, feed_.live(), options_.stale_after,
                     &session.probation(), options_.flatten_pauses},
                    policies, broker_, risk, journal, clock_);
  Board board;
  std::stop_source stopping;
  const std::stop_callback passed_on(stop, [&] { stopping.request_stop(); });
  Control control(
      {home_, options_.schedule, id, session.contract(), options_.model_version.has_value(),
       options_.confirm_after, &session.probation()},
      policies, risk, clock_, [&] { return board.read(); }, [&] { stopping.request_stop(); });
  session.go_on(loop);
  if (options_.flatten) {
    const auto asked = control.handle({.op = "flatten", .sha256 = "", .reason = *options_.flatten, .id = 0});
    if (!asked.ok) throw base::Error(base::Failure::refused, asked.message);
  }
  const auto publish = [&] {
    auto state = loop.state();
    state.stream_refusals = feed_.stream_refusals() + broker_.stream_refusals();
    board.put(state);
  };
  loop.warm_up(feed_.history(loop.history_rows()));
  publish();
  {
    wire::Server::Options listening(home_.trader_socket(options_.schedule));
    listening.tick_every = options_.poll_every;
    listening.tick = [&] { control.tick(); };
    const wire::Server server(listening,
                              [&](const wire::Request& request) { return control.handle(request); });
    if (options_.on_ready) options_.on_ready(id);
    take_bars(loop, risk, stopping.get_token(), publish);
  }
  journal.flush();
  control.finish();
  return report(session, loop, stopping.stop_requested(), control.swaps());
}

TradeReport Trader::trade_beside(TraderSession& session, const std::stop_token& stop) {
  const auto& id = session.row().id;
  JournalWriter journal({.database = home_.database(),
                         .session_id = id,
                         .schedule_id = options_.schedule,
                         .keeps_schedule = false,
                         .capacity = options_.journal_capacity},
                        clock_);
  DecisionLoop loop({.contract = session.contract(),
                     .schedule_id = options_.schedule,
                     .session_id = id,
                     .live = feed_.live(),
                     .stale_after = options_.stale_after},
                    session.policies(), broker_, session.risk(), journal, clock_);
  loop.warm_up(feed_.history(loop.history_rows()));
  if (options_.on_ready) options_.on_ready(id);
  take_bars(loop, session.risk(), stop, [] {});
  journal.flush();
  return report(session, loop, stop.stop_requested(), 0);
}

TradeReport Trader::report(TraderSession& session, const DecisionLoop& loop, bool stopped,
                           std::size_t swaps) const {
  return {.end = stopped ? TradeReport::End::stopped : TradeReport::End::feed_ended,
          .session_id = session.row().id,
          .loop = loop.state(),
          .initial_equity = session.row().initial_equity,
          .drawdown_fraction_max = session.risk().drawdown_fraction_max(),
          .swaps = swaps,
          .model_version = session.policies().current()->version(),
          .halted = session.risk().halted(),
          .flattening = session.risk().flattening()};
}

void Trader::take_bars(DecisionLoop& loop, const Risk& risk, const std::stop_token& stop,
                       const std::function<void()>& publish) {
  const auto tell = [&](const std::optional<BarResult>& result) {
    publish();
    if (result && options_.on_bar) options_.on_bar(*result);
  };
  while (!stop.stop_requested()) {
    if (options_.on_turn) options_.on_turn();
    const auto event = feed_.next(kIdleWait);
    if (event.kind == FeedEvent::Kind::ended) return tell(loop.end_waiting());
    if (event.kind == FeedEvent::Kind::idle) {
      tell(loop.idle());
      if (options_.flatten && !risk.flattening()) return;
      continue;
    }
    tell(loop.end_waiting());
    tell(loop.take(event.bar));
  }
}

}  // namespace ctt::trader
