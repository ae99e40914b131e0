#pragma once

#include <optional>
#include <string>

#include "base/files.h"
#include "base/home.h"
#include "store/database.h"
#include "store/live_sessions.h"
#include "store/schedules.h"
#include "trader/decision_loop.h"
#include "trader/feed.h"
#include "trader/trader.h"

namespace ctt::trader {

/// What the session was given of its account, USD: it kept a ledger. Nothing: the whole account was its own.
std::optional<double> budget_of(const store::LiveSession& session);

/// On a full disk gives up the room that was set aside (store/disk_reserve.h): a start has much to write before anything can be
/// sold. Nothing while any trader runs, whose room it is.
void make_room_to_start(const base::Home& home);

/// Throws Error(busy) as the start of a trader would, for whoever writes something before it starts one.
void require_free(const base::Home& home, store::Database& database, const std::string& account,
                  const std::vector<std::string>& schedules);

/// One session of a trader from its start to its end: the locks it holds, the model it serves, what it
/// goes on from, and its row.
///
/// Constructed, it holds the schedule's lock and that of the broker's account and symbol, has closed what
/// a crashed session left (of a replay: one whose own lock nobody holds), and has the desired model in service (a bad one is refused and the last
/// confirmed one serves). `go_on` gives a loop the memory of the session before. `close` ends the row.
///
/// A replay of a schedule that has been traded on a broker's account is **apart**: it holds no lock of the
/// schedule's, begins `active`, and writes neither state nor refusals nor deployments; orders and sessions
/// of the real trader are not touched, whether one runs or not.
///
/// Throws what Trader::run says of a start.
class TraderSession {
 public:
  TraderSession(const Options& options, const base::Home& home, store::Database& database, BarFeed& feed,
                Broker& broker, const base::Clock& clock);

  bool apart() const { return apart_; }
  const policy::Contract& contract() const { return contract_; }
  const store::LiveSession& row() const { return row_; }
  PolicySlot& policies() { return *policies_; }
  Probation& probation() { return *probation_; }
  Risk& risk() { return risk_; }
  /// What the session before remembers of its limits, for those of the account; may be empty.
  std::string remembered_risk() const { return earlier_ ? earlier_->state.risk_state : std::string(); }
  /// When an active schedule was released last.
  std::optional<base::Instant> released_at() const { return released_at_; }

  /// What the earlier session remembers, and the orders that it left.
  void go_on(DecisionLoop& loop);
  /// Ends the row; with `failure` as failed for that reason.
  void close(const std::optional<std::string>& failure);

 private:
  store::Schedule schedule();
  bool is_apart();
  void take_account();
  std::shared_ptr<const ServedPolicy> load(std::int64_t version, const std::string& sha256) const;
  std::shared_ptr<const ServedPolicy> first_policy();
  void refuse(const std::string& sha256, const std::string& reason);
  void try_first(const std::shared_ptr<const ServedPolicy>& first);
  void open_row();
  void open_ledger();
  void continue_ledger(double cash_change);
  void begin_ledger();
  void restore(DecisionLoop& loop);
  void store_rebased();
  void end_crashed(store::Transaction& change);
  void cancel_simulated_orders(store::Transaction& change, const std::string& session);

  const Options& options_;
  const base::Home& home_;
  store::Database& database_;
  BarFeed& feed_;
  Broker& broker_;
  const base::Clock& clock_;
  bool apart_ = false;
  std::optional<base::FileLock> schedule_lock_;
  std::optional<base::FileLock> session_lock_;
  std::optional<base::FileLock> account_lock_;
  std::optional<base::FileLock> symbol_lock_;
  policy::Contract contract_;
  std::optional<PolicySlot> policies_;
  std::optional<Probation> probation_;
  Risk risk_;
  /// The newest of the account where orders reach a broker: what was known last of position and peak.
  std::optional<store::LiveSession> earlier_;
  std::optional<base::Instant> released_at_;
  Ledger ledger_;           ///< what our own books say at the start
  bool continues_ = false;  ///< the ledger is the earlier session's
  double cash_change_ = 0;  ///< the budget was changed since by so much
  store::LiveSession row_;
};

}  // namespace ctt::trader
