#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "base/home.h"
#include "store/database.h"
#include "store/schedules.h"
#include "trader/decision_loop.h"

namespace ctt::trader {

class TraderSession;

/// How a trader is run.
struct Options {
  std::string schedule;                       ///< id of the schedule it serves
  std::string command = "ctt trade";          ///< who holds the lock, for whoever finds it taken
  std::optional<std::int64_t> model_version;  ///< serve this one, whatever is desired, and take no other
  RiskLimits limits;
  /// Of a live feed: no orders on bars that closed longer ago; 0: never.
  std::chrono::seconds stale_after{0};
  /// Sell the position, halt, and end: for this reason.
  std::optional<std::string> flatten;
  Flatten::Pauses flatten_pauses{};
  bool paper = true;
  std::string account;  ///< the broker's account, empty for a simulated one
  std::size_t journal_capacity = 4096;
  Probation::Limits probation;
  std::chrono::milliseconds poll_every{100};      ///< how often desired and served model are compared
  std::chrono::milliseconds confirm_after{2000};  ///< see Control
  std::function<void(const std::string& session_id)>
      on_ready;                                  ///< the socket listens, the first bar may come
  std::function<void(const BarResult&)> on_bar;  ///< on the bar thread, after each bar
  std::function<void()> on_turn;                 ///< on the bar thread, before each bar and each short wait
};

/// What a run came to.
struct TradeReport {
  enum class End { feed_ended, stopped };
  End end = End::feed_ended;
  std::string session_id{};
  LoopState loop{};
  double initial_equity = 0;
  double drawdown_fraction_max = 0;
  std::size_t swaps = 0;
  std::int64_t model_version = 0;  ///< served at the end
  bool halted = false;
  bool flattening = false;  ///< a flatten was asked for and has not come to its end

  std::string json() const;
};

/// The running trader of one schedule.
///
/// `run` opens a TraderSession (locks, model, row), goes on with what the one before left, warms the
/// features up, opens the control socket and then takes bar after bar until the feed ends, a `stop` comes
/// or the token is asked to. Three threads: bars (the caller's), control, journal. A replay beside a real
/// trader (see TraderSession) has no socket and keeps the model it began with.
///
/// The state (active, reducing, halted) and a flatten that was promised are read from the schedule's row at
/// the start, and where it cannot be read there is no start. A difference between our books and the broker's
/// that stays makes it `reducing`, until an operator resumes.
///
/// Throws Error(busy) with the holder when another trader serves the schedule or trades the symbol on
/// the account, Error(not_found) when
/// there is no model to serve, Error(refused) for a schedule, model or feed that do not fit, and
/// whatever ends the feed or the journal; the session's row then says why.
class Trader {
 public:
  Trader(Options options, base::Home home, store::Database& database, BarFeed& feed, Broker& broker,
         const base::Clock& clock);

  TradeReport run(const std::stop_token& stop);

 private:
  TradeReport trade(TraderSession& session, const std::stop_token& stop);
  TradeReport trade_beside(TraderSession& session, const std::stop_token& stop);
  void take_bars(DecisionLoop& loop, const Risk& risk, const std::stop_token& stop,
                 const std::function<void()>& publish);
  TradeReport report(TraderSession& session, const DecisionLoop& loop, bool stopped, std::size_t swaps) const;

  Options options_;
  base::Home home_;
  store::Database& database_;
  BarFeed& feed_;
  Broker& broker_;
  const base::Clock& clock_;
};

}  // namespace ctt::trader
