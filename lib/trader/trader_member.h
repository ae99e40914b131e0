#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "trader/account_risk.h"
#include "trader/control.h"
#include "trader/journal_writer.h"
#include "trader/trader.h"
#include "trader/trader_session.h"
#include "wire/server.h"

namespace ctt::trader {

/// One schedule of a Trader: its session, its decisions, its journal, and the socket that it is steered by.
///
///     constructed (locks, model, row) ─> start ─> listen ─> turn ... turn ─> finish
///                  └──────────── fail, from anywhere ──────────────┘
///
/// A replay beside a real trader (see TraderSession) has no socket and keeps the model it began with.
///
/// The bar thread's own; a thread for the journal and one for the socket work for it.
class TraderMember {
 public:
  /// `members` schedules share the account: `account` watches them together.
  TraderMember(const TradedSchedule& traded, const base::Home& home, store::Database& database,
               const base::Clock& clock, AccountRisk& account);

  const TraderSession& session() const { return session_; }
  double equity() const;
  std::optional<base::Seconds> last_bar() const;

  /// Goes on with what the session before left, and warms the features up.
  void start();
  /// The socket listens from here on.
  void listen();

  /// Takes what the feed has within `wait`. True when a bar was taken or a fill heard of.
  bool turn(std::chrono::milliseconds wait);
  /// The account as a whole has passed a limit.
  void breach(const std::string& reason);

  /// The feed is at its end, somebody asked this schedule to stop, or a flatten that was all to do is done.
  bool over() const { return over_ || stopping_; }
  bool finished() const { return report_.has_value(); }
  /// Writes the rest down and ends the session.
  void finish(bool stopped);
  /// The session ends as failed; nothing is thrown.
  void fail(const std::string& reason);

  const TradeReport& report() const { return *report_; }

 private:
  // The newest state of the loop, for the control thread to read.
  class Board {
   public:
    void put(const LoopState& state);
    LoopState read() const;

   private:
    mutable std::mutex mutex_;
    LoopState state_;
  };

  DecisionLoop::Settings loop_settings();
  void tell(const std::optional<BarResult>& result);
  TradeReport make_report(bool stopped);

  Options options_;
  const base::Home& home_;
  BarFeed& feed_;
  Broker& broker_;
  const base::Clock& clock_;
  TraderSession session_;
  std::optional<JournalWriter> journal_;
  std::optional<DecisionLoop> loop_;
  Board board_;
  std::atomic<bool> stopping_ = false;
  std::optional<Control> control_;
  std::optional<wire::Server> server_;
  bool over_ = false;
  std::optional<TradeReport> report_;
};

}  // namespace ctt::trader
