#include "schedule/claim.h"

#include "base/process.h"
#include "schedule/control.h"
#include "schedule/health.h"
#include "schedule/slots.h"
#include "store/cycle_journal.h"

namespace ctt::schedule {

namespace {

using store::Schedule;

store::StatusNote note_of(store::Database& database, const Schedule& schedule, base::Instant now,
                          std::optional<std::string> reason = std::nullopt) {
  return {std::move(reason), std::string(name(health(database, schedule, now).health))};
}

store::Cycle claim(store::Transaction& change, const Schedule& schedule, base::Instant slot,
                   base::Instant now) {
  const auto process = base::ProcessId::current();
  return store::cycles::claim(change,
                              {.schedule_id = schedule.id,
                               .slot_at = slot,
                               .pid = process.pid,
                               .process = process.text(),
                               .parent_model_version = schedule.current_model_version},
                              now);
}

store::Cycle skip(store::Transaction& change, const Schedule& schedule, base::Instant slot,
                  std::int64_t slots, std::string_view reason, std::string_view message, base::Instant now) {
  return store::cycles::skip(change,
                             {.schedule_id = schedule.id,
                              .slot_at = slot,
                              .slots = slots,
                              .reason = std::string(reason),
                              .message = std::string(message)},
                             now);
}

void record_missed(store::Transaction& change, const Schedule& schedule, const Missed& missed,
                   base::Instant now, std::vector<store::Cycle>& skipped) {
  if (missed.slots == 0) return;
  const auto message = missed.slots == 1
                           ? fmt::format("nothing ran at {}", base::to_rfc3339(missed.first))
                           : fmt::format("nothing ran in {} slots from {} to {}", missed.slots,
                                         base::to_rfc3339(missed.first), base::to_rfc3339(missed.last));
  skipped.push_back(skip(change, schedule, missed.first, missed.slots, "missed", message, now));
}

// Moves the schedule on. Its row is read again: claims and skips have counted its cycles.
void move_on(store::Transaction& change, const Schedule& before, const Due& due, bool skip_used,
             base::Instant now) {
  auto schedule = store::schedules::get(change, before.id);
  schedule.next_cycle_at = due.next;
  if (skip_used) schedule.skip_next = false;
  std::optional<std::string> reason;
  if (due.clock_went_back) reason = "clock_wrong";
  store::schedules::update(change, schedule, now, note_of(change, schedule, now, std::move(reason)));
}

}  // namespace

Claimed claim_due(store::Transaction& change, std::string_view schedule_id, base::Instant now) {
  const auto schedule = store::schedules::get(change, schedule_id);
  const auto what = due(schedule, config_of(schedule), now);
  Claimed claimed;
  if (!what) return claimed;
  claimed.clock_went_back = what->clock_went_back;
  record_missed(change, schedule, what->missed, now, claimed.skipped);
  const bool leave_out = what->slot && schedule.skip_next;
  if (leave_out) {
    claimed.skipped.push_back(skip(change, schedule, *what->slot, 1, "cancelled",
                                   "left out as asked by ctt schedule skip-next", now));
  } else if (what->slot) {
    claimed.cycle = claim(change, schedule, *what->slot, now);
  }
  move_on(change, schedule, *what, leave_out, now);
  return claimed;
}

store::Cycle claim_now(store::Transaction& change, std::string_view schedule_id, base::Instant now) {
  return claim(change, store::schedules::get(change, schedule_id), now, now);
}

std::optional<store::Cycle> skip_due(store::Transaction& change, std::string_view schedule_id,
                                     std::string_view reason, std::string_view message, base::Instant now) {
  const auto schedule = store::schedules::get(change, schedule_id);
  const auto what = due(schedule, config_of(schedule), now);
  if (!what) return std::nullopt;
  std::vector<store::Cycle> skipped;
  record_missed(change, schedule, what->missed, now, skipped);
  if (what->slot) skipped.push_back(skip(change, schedule, *what->slot, 1, reason, message, now));
  move_on(change, schedule, *what, what->slot && schedule.skip_next, now);
  if (skipped.empty()) return std::nullopt;
  return skipped.back();
}

std::vector<std::string> due_schedules(store::Database& database, base::Instant now) {
  auto schedules = store::schedules::list(database);
  std::erase_if(schedules,
                [&](const Schedule& schedule) { return !due(schedule, config_of(schedule), now); });
  std::ranges::stable_sort(schedules, {}, &Schedule::next_cycle_at);
  std::vector<std::string> ids;
  for (const auto& schedule : schedules) ids.push_back(schedule.id);
  return ids;
}

}  // namespace ctt::schedule
