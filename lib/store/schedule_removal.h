#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "store/transaction.h"

namespace ctt::store {

/// What goes with a schedule: its rows in other tables. Models, experiments, snapshots and events stay.
struct ScheduleRows {
  std::int64_t cycles = 0, deployments = 0, sessions = 0, decisions = 0, orders = 0, fills = 0;
};

namespace schedules {

ScheduleRows rows_of(Database& database, std::string_view id);

/// Deletes the schedule with those rows and appends `continuous_schedule_deleted`. Its models forget which schedule
/// and cycle they are of. Throws Error(not_found).
ScheduleRows remove(Transaction& change, std::string_view id, base::Instant now);

}  // namespace schedules
}  // namespace ctt::store
