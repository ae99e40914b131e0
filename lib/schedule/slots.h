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
};

/// Nothing when the schedule is not active or its next slot is to come.
///
/// A slot counts as missed by `skip` when it is older than the smaller of one hour and half an
/// interval. When the stored slot lies more than two intervals ahead, the clock was put back: the
/// schedule is set on the grid again without a run, so no slot runs twice in a row.
std::optional<Due> due(const store::Schedule& schedule, const Config& config, base::Instant now);

}  // namespace ctt::schedule
