#pragma once

#include "base/time.h"
#include "store/states.h"
#include "store/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::store {

/// The account of a trader at its newest bar.
struct SessionState {
  double equity = 0;
  double cash = 0;
  double position_qty = 0;
  std::optional<double> entry_price;
  double peak_equity = 0;
  double max_drawdown_pct = 0;
  std::int64_t total_trades = 0;
  std::int64_t total_bars = 0;
  std::optional<base::Seconds> last_bar_at;  ///< opening time
  std::string scheme_state = "{}";           ///< JSON: what the action scheme must remember over a restart
  std::string risk_state = "{}";             ///< JSON: what the risk limits must remember
};

/// One run of the trader.
struct LiveSession {
  std::string id;  ///< `live-` and 12 hex digits
  std::string schedule_id;
  std::optional<std::string> experiment_id;  ///< of the policy it started with
  std::string config = "{}";                 ///< JSON object: limits, feed, broker
  SessionStatus status = SessionStatus::running;
  std::string symbol;
  std::string timeframe;  ///< `1h`
  bool paper = true;
  bool replay = false;
  std::string account;  ///< the broker's account, empty for a simulated one
  std::int64_t pid = 0;
  base::Instant started_at{};
  std::optional<base::Instant> stopped_at;
  double initial_equity = 0;
  SessionState state;
  std::optional<std::int64_t> model_version;
  std::optional<std::string> model_sha256;
  std::int64_t swap_count = 0;
  std::optional<std::string> message;  ///< why it failed

  double pnl() const { return state.equity - initial_equity; }
  double pnl_pct() const { return initial_equity > 0 ? 100 * pnl() / initial_equity : 0; }
};

/// A policy exchange inside the trader.
struct ModelSwap {
  std::int64_t model_version = 0;
  std::string sha256;
  double load_ms = 0;
};

namespace live_sessions {

void insert(Transaction& change, const LiveSession& session);
void update(Transaction& change, std::string_view id, const SessionState& state);
/// Counts the swap and appends `live_model_updated`.
void swapped(Transaction& change, std::string_view id, const ModelSwap& swap, base::Instant now);
void finish(Transaction& change, std::string_view id, SessionStatus status,
            const std::optional<std::string>& message, base::Instant now);

std::optional<LiveSession> find(Database& database, std::string_view id);
/// By id or unique prefix. Throws Error(not_found).
LiveSession get(Database& database, std::string_view reference);
// "Newest" is the one that was begun last, whatever the clock said then: a machine without a battery may
// begin one session a year ahead of the next.

/// The newest one of a schedule that traded on a broker's account, running or not.
std::optional<LiveSession> newest_with_account(Database& database, std::string_view schedule_id);
/// The newest one of a schedule, running or not; a replay's only where the schedule was never traded on an
/// account.
std::optional<LiveSession> newest(Database& database, std::string_view schedule_id);
/// The newest one of a schedule that was no replay.
std::optional<LiveSession> newest_live(Database& database, std::string_view schedule_id);
/// The newest one that traded a symbol on a broker's account, whichever schedule it served: the last
/// we knew of the position there.
std::optional<LiveSession> newest_of_account(Database& database, std::string_view account,
                                             std::string_view symbol);
/// Those of a schedule that have no end yet, replays included, oldest first; a crash leaves its session so.
std::vector<LiveSession> running(Database& database, std::string_view schedule_id);
/// Newest first.
std::vector<LiveSession> list(Database& database, std::size_t limit = 100, std::size_t offset = 0);

}  // namespace live_sessions
}  // namespace ctt::store
