#pragma once

#include "base/time.h"
#include "schedule/config.h"
#include "store/schedules.h"

#include <cstdint>
#include <optional>

namespace ctt::schedule {

/// The first slot after `now`.
base::Instant slot_after(const Config& config, base::Instant now);
/// The newest slot at or before `now`.
base::Instant slot_at_or_before(const Config& config, base::Instant now);

/// Slots that passed without a run.
struct Missed {
  base::Instant first{};
  base::Instant last{};
  std::int64_t slots = 0;  ///< 0: none
};

/// What the stored next slot and the present time say together.
struct Due {
  std::optional<base::Instant> slot;  ///< to run now
  Missed missed;                      ///< to record as skipped
  base::Instant next{};               ///< next_cycle_at from now on
  bool clock_went_back = false;       ///< the stored slot was further ahead than the grid allows
  bool backlog = false;               ///< `slot` is one of several that run in their turn
};

/// Nothing when the schedule is not active or its next slot is to come.
///
/// A slot counts as missed by `skip` when it is older than the smaller of one hour and half an
/// interval. `run_all` makes up for the newest kBacklogMax slots; older ones are missed.
///
/// The next slot is never more than an interval ahead, so a stored one that is (by more than the
/// same smaller value, which a clock may be adjusted by) says that the clock was put back: the
/// schedule is set on the grid again without a run. A clock before the schedule was made is wrong;
/// nothing is due by it.
constexpr std::int64_t kBacklogMax = 24;
std::optional<Due> due(const store::Schedule& schedule, const Config& config, base::Instant now);

}  // namespace ctt::schedule
