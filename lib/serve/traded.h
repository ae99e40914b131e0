#pragma once

#include <string>
#include <vector>

#include "serve/call.h"
#include "store/live_decisions.h"
#include "store/live_sessions.h"
#include "store/live_trades.h"
#include "store/schedules.h"

namespace ctt::serve {

/// What a call asks for of what was traded: `schedule_id`, `session_id`, `from`, `to`.
///
/// Of a schedule on a broker's account all sessions are one line, as a trader that was started again goes on with the
/// same money. Each replay begins with money and bars of its own: without a session, the newest one is meant.
struct Traded {
  store::Schedule schedule;
  std::vector<store::LiveSession> sessions;  ///< oldest first; none: nothing was traded
  std::optional<base::Instant> from;         ///< nothing: the newest `kNewest` rows
  base::Instant to{};

  static constexpr std::size_t kNewest = 20'000;  ///< one thread serves all

  base::Seconds first() const;
  base::Seconds last() const;
  bool is_replay() const { return !sessions.empty() && sessions.back().account.empty(); }

  /// Oldest first, times rising.
  std::vector<store::LiveDecision> decisions(store::Database& database) const;
  std::vector<store::LiveTrade> trades(store::Database& database) const;
};

/// Throws Error(not_found) for an unknown schedule or session, Error(usage) when the schedule has to be named.
Traded traded(const Call& call);

/// Sessions of one schedule or of all, newest first.
std::vector<store::LiveSession> sessions_of(store::Database& database,
                                            const std::optional<std::string>& schedule_id, std::size_t limit,
                                            std::size_t offset = 0);

}  // namespace ctt::serve
