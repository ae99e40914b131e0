#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/home.h"
#include "store/database.h"
#include "store/schedules.h"
#include "trader/account_risk.h"
#include "trader/decision_loop.h"

namespace ctt::trader {

class TraderMember;

/// How a schedule is traded.
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
  /// Of the account's money, USD: what was given to this schedule. It has a ledger of its own then, which
  /// goes on from session to session; nothing: the whole account is the schedule's.
  std::optional<double> budget;
  /// The account is taken for this process: false for all but the first of several schedules, and for a flatten
  /// beside a trader of other schedules.
  bool takes_account = true;
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
  std::string schedule{};

  std::string json() const;
};

/// One schedule of a Trader: how it is traded, on which bars, and by which broker.
struct TradedSchedule {
  Options options;
  BarFeed& feed;
  Broker& broker;
};

/// The running trader of one schedule, or of several on one account.
///
/// `run` opens the sessions (locks, model, row; see TraderSession), goes on with what those before left, warms
/// the features up, opens a control socket for each schedule, and then takes bar after bar until the feeds
/// end, the schedules are stopped or the token is. All decisions are the bar thread's, the caller's, one after
/// the other in the order of the schedules; each schedule has a thread for its socket and one for its journal.
/// A schedule that is stopped leaves the others running.
///
/// Several schedules share an account when each broker is a ledger of it (Options::budget). A limit of the
/// account that is passed halts them all, or has all of them sold.
///
/// The state (active, reducing, halted) and a flatten that was promised are read from the schedule's row at
/// the start, and where it cannot be read there is no start. A difference between our books and the broker's
/// that stays makes a schedule `reducing`, until an operator resumes.
///
/// Throws Error(busy) with the holder when another trader serves one of the schedules or trades on the
/// account, Error(not_found) when there is no model to serve, Error(refused) for a schedule, model or feed that
/// do not fit, and whatever ends a feed or a journal; the rows of all sessions then say why.
class Trader {
 public:
  Trader(std::vector<TradedSchedule> schedules, AccountLimits limits, base::Home home,
         store::Database& database, const base::Clock& clock);
  /// One schedule, no limits beside its own.
  Trader(Options options, base::Home home, store::Database& database, BarFeed& feed, Broker& broker,
         const base::Clock& clock);

  /// What came of each schedule, in their order.
  std::vector<TradeReport> run_all(const std::stop_token& stop);
  /// The same of the first one.
  TradeReport run(const std::stop_token& stop) { return run_all(stop).front(); }

 private:
  using Members = std::vector<std::unique_ptr<TraderMember>>;

  void open(Members& members, AccountRisk& account);
  void take_bars(const Members& members, AccountRisk& account, const std::stop_token& stop);
  static void watch_account(const Members& members, AccountRisk& account);

  std::vector<TradedSchedule> schedules_;
  AccountLimits limits_;
  base::Home home_;
  store::Database& database_;
  const base::Clock& clock_;
};

}  // namespace ctt::trader
