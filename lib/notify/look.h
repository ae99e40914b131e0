#pragma once

#include <functional>
#include <vector>

#include "notify/settings.h"
#include "store/alarms.h"
#include "store/schedules.h"
#include "store/state_context.h"
#include "upkeep/trader_health.h"

namespace ctt::notify {

/// What this process has to send.
struct Found {
  std::vector<store::Alarm> alarms;
  bool good_cycle = false;  ///< one has ended since the last look: the heartbeat is due
};

using AskTrader = std::function<upkeep::TraderHealth(const store::Schedule&)>;

/// Looks for what a person is to be told: conditions of the verdict that are a warning or worse and of which nobody
/// told yet, events since the last look of any process, and alarms whose process died before it sent them. What is
/// returned is claimed: no other process sends it. What holds no more is cleared, so that it can be told anew.
///
/// The first look ever tells of what holds, not of events before it; events older than an hour are let go.
/// Waits for traders only; writes only when there is something to write, and without flushing.
Found look(const store::StateContext& state, const NotifySettings& settings, const AskTrader& ask);

/// Claims one alarm of whoever calls: of a unit that failed, of a test. Nothing when one like it was told within a
/// minute.
std::optional<store::Alarm> raise_now(const store::StateContext& state, store::Alarm alarm);

/// Asks a trader with patience; a missed answer is asked for a second time before it counts.
upkeep::TraderHealth ask_twice(const base::Home& home, const store::Schedule& schedule,
                               std::chrono::milliseconds patience);

}  // namespace ctt::notify
