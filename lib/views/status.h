#pragma once

#include <chrono>
#include <optional>

#include "base/json.h"
#include "evaluation/live_verdict.h"
#include "schedule/health.h"
#include "store/cycles.h"
#include "store/deployments.h"
#include "store/live_sessions.h"
#include "store/state_context.h"
#include "upkeep/verdict.h"

namespace ctt::views {

/// How a schedule stands: everything that a Status says, read at one moment.
struct StatusView {
  store::Schedule schedule;
  schedule::Config config;
  std::optional<store::Cycle> running;  ///< that has its process
  std::optional<store::Cycle> last;     ///< the newest that has ended
  std::optional<store::Deployment> desired;
  std::optional<store::Deployment> served;
  store::SlotCounts slots;
  std::optional<evaluation::LiveVerdict> live_verdict;  ///< served against base
  schedule::HealthReport health;
  upkeep::HealthVerdict verdict;              ///< schedule, trader and machine
  std::optional<std::int64_t> replay_serves;  ///< the model of the replay that trades for it now

  bool served_by_trader() const { return desired && desired->confirmed_at && verdict.trader_running; }
  /// A replay decides by the model that is desired; what it does says nothing of an account.
  bool served_by_replay() const {
    return !served_by_trader() && desired && replay_serves == desired->model_version;
  }
};

/// The newest replay that trades for a schedule now, whether beside a trader of an account or alone.
std::optional<store::LiveSession> running_replay(const store::StateContext& state,
                                                 const std::string& schedule_id);

/// `trader`: what the schedule's trader said. `age_max`: stale when no cycle completed for so long; absent: three intervals.
StatusView status_view(const store::StateContext& state, const store::Schedule& schedule,
                       const upkeep::TraderHealth& trader,
                       std::optional<std::chrono::seconds> age_max = std::nullopt);

/// The fields of a Status object of the web contract, into an object that is open.
void add_status(base::JsonWriter& json, const StatusView& view, store::Database& database, base::Instant now);

/// The Status of no schedule: idle, without ids.
void add_no_status(base::JsonWriter& json, const store::StateContext& state);

}  // namespace ctt::views
