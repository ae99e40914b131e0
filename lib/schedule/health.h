#pragma once

#include "base/time.h"
#include "schedule/config.h"
#include "store/cycles.h"
#include "store/schedules.h"
#include "store/state_context.h"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ctt::schedule {

/// The reason of a slot that was skipped because no bar had come since the last window.
inline constexpr std::string_view kNoNewData = "no_new_data";

/// `late`: the next slot has passed and nobody came. `stale`: slots come and go but none has
/// trained for a while. `failing`: the newest attempts failed.
enum class Health { ok, late, stale, failing };
std::string_view name(Health health);

struct HealthReport {
  Health health = Health::ok;
  std::string reason;     ///< a sentence with the next step; empty when ok
  std::string finding{};  ///< the sentence without it
  std::string command{};  ///< the next step
  std::optional<base::Instant> since{};
  bool abandoned = false;  ///< failing because the running cycle has lost its process
};

/// How a schedule does, from its row, its newest cycles (newest first, some 20) and the time.
///
/// A schedule that is idle or paused is ok. Otherwise, the first that holds:
/// - failing: the newest two attempts failed (skipped slots aside), or the only one did;
/// - late: the next slot passed more than a tenth of an interval ago (2 to 15 minutes);
/// - stale: the newest slot was skipped because no bar had come, and the newest bar closed more than two
///   intervals and four bars ago; or no cycle completed for `age_max` (three intervals unless given) since
///   it became active. Without an age given, bars that have all been learned from leave nothing stale.
HealthReport health(const store::Schedule& schedule, const Config& config,
                    std::span<const store::Cycle> newest_first, base::Instant now,
                    std::optional<std::chrono::seconds> age_max = std::nullopt);

/// The same with the rows read from the database.
HealthReport health(store::Database& database, const store::Schedule& schedule, base::Instant now,
                    std::optional<std::chrono::seconds> age_max = std::nullopt);

/// The same as of now; failing too when its running cycle has lost its process (see liveness.h).
HealthReport health(const store::StateContext& state, const store::Schedule& schedule,
                    std::optional<std::chrono::seconds> age_max = std::nullopt);

}  // namespace ctt::schedule
