#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "store/schedules.h"
#include "store/state_context.h"

namespace ctt::upkeep {

/// How the trader of a schedule does, for whoever watches.
struct TraderHealth {
  bool running = false;                  ///< its session's process holds the lock
  std::optional<double> books_unread_s;  ///< since when the broker's books could not be read; absent: unknown
  std::optional<double> stream_refusals;  ///< connections that its streams were refused; absent: unknown
  std::string finding;                    ///< a sentence with the next step; empty when all is well

  bool ok() const { return finding.empty(); }
};

/// From the schedule's row, its newest session that was no replay, the trader's lock and, while that is
/// held, the trader's own answer, which is waited for at most `patience`.
///
/// Nothing is expected of a schedule that never had a trader, and of a trader that was stopped. Otherwise it
/// is a finding that a trader has died or failed, does not answer, has not read the broker's books for a
/// minute, or may not trade as it would (reducing, halted).
TraderHealth trader_health(const store::StateContext& state, const store::Schedule& schedule,
                           std::chrono::milliseconds patience);

}  // namespace ctt::upkeep
