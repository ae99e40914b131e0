#pragma once

#include <optional>
#include <string>
#include <vector>

#include "market/costs.h"
#include "market/source.h"
#include "policy/contract.h"
#include "store/deployments.h"
#include "store/live_decisions.h"
#include "store/live_sessions.h"
#include "store/live_trades.h"
#include "store/schedules.h"
#include "store/state_context.h"

namespace ctt::audit {

/// A fill as it was recorded, with the bar that its order was decided on.
struct RecordedFill {
  store::LiveTrade trade{};
  std::optional<base::Seconds> decided_on{};  ///< opening time; nothing: the order is not known any more
  /// The first bar whose recorded account has it in: that of its decision when it filled at once, else the one in
  /// which it filled.
  base::Seconds counted_on{};
};

/// What a trader wrote down: one session, or those of a trader that was started again, one after the other.
struct SessionRecord {
  std::string schedule_id{};
  std::string dataset_id{};
  std::vector<store::LiveSession> sessions{};    ///< oldest first, at least one
  std::vector<store::LiveDecision> decisions{};  ///< oldest first, one a bar, of all of the sessions' bars
  std::vector<RecordedFill> fills{};             ///< oldest first
  std::vector<store::Deployment> deployments{};  ///< of the schedule, oldest first; none of a replay
  policy::Contract contract{};                   ///< of the schedule's models
  market::Costs costs{};                         ///< what the schedule assumes that a trade costs
  market::TimeRange range{};                     ///< bars that are looked at: each end was decided on

  /// Orders fill inside the trader, at a bar's price; else a broker fills them when it does.
  bool simulated() const { return sessions.front().account.empty(); }
  const store::LiveSession& newest() const { return sessions.back(); }
  /// The bars it takes to make the decisions again: from the warm-up before the first one.
  market::TimeRange bars_needed() const;
};

struct RecordQuery {
  std::optional<std::string>
      session{};  ///< id or its beginning; nothing: the newest, see store::live_sessions
  std::optional<base::Instant> from{};  ///< without a session: older ones on the account are taken in, too
  std::optional<base::Instant> to{};
};

/// Throws Error(not_found) for an unknown session, a schedule without any, and a range in which nothing was decided;
/// Error(usage) for a session of another schedule.
SessionRecord load_record(const store::StateContext& state, const store::Schedule& schedule,
                          const RecordQuery& query);

}  // namespace ctt::audit
