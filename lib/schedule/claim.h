#pragma once

#include "base/time.h"
#include "store/cycles.h"
#include "store/schedules.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::schedule {

/// What a claim did; each row is committed with the schedule's new next_cycle_at.
struct Claimed {
  std::optional<store::Cycle> cycle;  ///< running, ours; nothing when there is nothing to run
  std::vector<store::Cycle> skipped;  ///< rows for slots left out: missed, or asked to be skipped
  bool clock_went_back = false;
};

// A claim happens with the training lock held. Reading what is due, inserting the row and moving
// next_cycle_at on are one transaction, so two runs cannot claim the same slot.

/// Claims the slot that is due now, for this process. Nothing due: an empty answer, nothing
/// changed. Throws Error(busy) when the schedule's last cycle still runs (recover first).
Claimed claim_due(store::Transaction& change, std::string_view schedule_id, base::Instant now);

/// Claims a cycle out of turn (`cycle run --now`), whatever the status; the next slot stays.
store::Cycle claim_now(store::Transaction& change, std::string_view schedule_id, base::Instant now);

/// The slot that is due cannot run (`launcher_busy`): records it as
/// skipped and moves on. Nothing when nothing is due.
std::optional<store::Cycle> skip_due(store::Transaction& change, std::string_view schedule_id,
                                     std::string_view reason, std::string_view message, base::Instant now);

/// The names of the schedules with something due, the longest waiting first.
std::vector<std::string> due_schedules(store::Database& database, base::Instant now);

}  // namespace ctt::schedule
