#include "cycle/cycle.h"

#include <unistd.h>

#include "base/error.h"
#include "cycle/pipeline.h"
#include "schedule/claim.h"
#include "schedule/recovery.h"
#include "store/schedules.h"

namespace ctt::cycle {

namespace {

std::vector<std::string> wanted(const Surroundings& with, const RunOptions& options) {
  const auto due = schedule::due_schedules(with.database, with.clock.now());
  if (!options.schedule_id) return due;
  const bool is_due = std::ranges::find(due, *options.schedule_id) != due.end();
  return is_due || options.now ? std::vector{*options.schedule_id} : std::vector<std::string>{};
}

// The slots that are due cannot run: each gets its row.
void skip_all(const Surroundings& with, const std::vector<std::string>& schedules, RunReport& report) {
  for (const auto& id : schedules) {
    store::Transaction change(with.database);
    if (auto row = schedule::skip_due(change, id, "launcher_busy", *report.busy, with.clock.now()))
      report.skipped.push_back(*row);
    change.commit();
  }
}

std::optional<store::Cycle> claim(const Surroundings& with, const std::string& schedule_id, bool now,
                                  RunReport& report) {
  store::Transaction change(with.database);
  auto claimed = schedule::claim_due(change, schedule_id, with.clock.now());
  if (!claimed.cycle && now) claimed.cycle = schedule::claim_now(change, schedule_id, with.clock.now());
  change.commit();
  std::ranges::move(claimed.skipped, std::back_inserter(report.skipped));
  return claimed.cycle;
}

}  // namespace

RunReport run(const Surroundings& with, const RunOptions& options) {
  RunReport report;
  const auto schedules = wanted(with, options);
  const auto interrupted = schedule::interrupted(with.database);
  if (schedules.empty() && interrupted.empty()) return report;

  const auto lock = TrainingLock::try_acquire(with.home, "ctt cycle run");
  if (!lock) {
    report.busy = TrainingLock::holder(with.home);
    skip_all(with, schedules, report);
    return report;
  }
  for (const auto& cycle : schedule::interrupted(with.database))
    report.cycles.push_back(recover(with, cycle));
  close_orphans(with.database, with.home, with.clock);
  for (const auto& id : schedules) {
    if (with.launch.stop_count() > 0) break;
    if (const auto cycle = claim(with, id, options.now, report))
      report.cycles.push_back(work(with, *lock, *cycle, options));
  }
  return report;
}

}  // namespace ctt::cycle
