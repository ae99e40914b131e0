#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/schedules.h"
#include "store/state_context.h"
#include "upkeep/health_condition.h"
#include "upkeep/trader_health.h"

namespace ctt::upkeep {

/// Whether all is well with a schedule, its trader and the machine: the one answer that the command line, REST,
/// WebSocket, metrics, doctor and alarms give.
struct HealthVerdict {
  std::vector<HealthCondition> conditions;  ///< all that hold, worst first
  bool trader_running = false;              ///< the process of its trader holds the lock

  HealthLevel level() const { return conditions.empty() ? HealthLevel::ok : conditions.front().level; }
  /// Nothing that asks for a look.
  bool well() const { return level() < HealthLevel::warning; }
  const HealthCondition* worst() const { return conditions.empty() ? nullptr : &conditions.front(); }
};

/// Of a schedule, from its row, its cycles, its trader's lock, newest session and answer, and the machine. Reads
/// only, and waits for nobody: `trader` is what the trader said, see `trader_health`. `age_max`: see
/// `schedule::health`.
HealthVerdict verdict(const store::StateContext& state, const store::Schedule& schedule,
                      const TraderHealth& trader, std::optional<std::chrono::seconds> age_max = std::nullopt);

/// Of the machine alone, for where there is no schedule.
HealthVerdict machine_verdict(const store::StateContext& state);

/// What holds of the schedule itself: its slots, cycles and models.
std::vector<HealthCondition> schedule_conditions(const store::StateContext& state,
                                                 const store::Schedule& schedule,
                                                 std::optional<std::chrono::seconds> age_max = std::nullopt);

/// What holds of its trader. Nothing is expected of a schedule that never had one.
std::vector<HealthCondition> trader_conditions(const store::StateContext& state,
                                               const store::Schedule& schedule, const TraderHealth& trader);

/// What holds of the state directory and the disk that it lies on.
std::vector<HealthCondition> machine_conditions(const store::StateContext& state);

}  // namespace ctt::upkeep
