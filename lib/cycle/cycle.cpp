#include "cycle/cycle.h"

#include <unistd.h>

#include <set>
#include <thread>

#include <fmt/format.h>

#include "base/error.h"
#include "cycle/experiment.h"
#include "cycle/pipeline.h"
#include "schedule/claim.h"
#include "schedule/control.h"
#include "schedule/recovery.h"
#include "schedule/slots.h"
#include "store/schedules.h"

namespace ctt::cycle {

namespace {

std::vector<std::string> wanted(const CycleContext& context, const RunOptions& options) {
  const auto due = schedule::due_schedules(context.database, context.clock.now());
  if (!options.schedule_id) return due;
  const bool is_due = std::ranges::find(due, *options.schedule_id) != due.end();
  return is_due || options.now ? std::vector{*options.schedule_id} : std::vector<std::string>{};
}

// Who holds the training lock under this name takes every schedule that is due, one after the other.
constexpr std::string_view kTakesAll = "ctt cycle run";

std::string lock_name(const RunOptions& options) {
  if (!options.schedule_id) return std::string(kTakesAll);
  return fmt::format("{} --schedule {}", kTakesAll, *options.schedule_id);
}

// Who took the lock a moment ago has perhaps not written his name yet: it is waited for briefly.
std::optional<base::FileLock::Holder> present_holder(const base::Home& home) {
  for (int look = 0; look < 10; ++look) {
    if (base::FileLock::is_held(home.training_lock())) return base::FileLock::holder(home.training_lock());
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
  }
  return std::nullopt;
}

bool comes_to_its_turn(const CycleContext& context, const std::string& schedule_id) {
  if (store::cycles::running(context.database, schedule_id)) return false;
  const auto holder = present_holder(context.home);
  return holder && holder->command == kTakesAll;
}

// The slots that are due cannot run: each gets its row, unless the run that holds the lock comes to
// it. Otherwise a schedule with short trainings would never get past one with long ones.
void skip_all(const CycleContext& context, const std::vector<std::string>& schedules, RunReport& report) {
  for (const auto& id : schedules) {
    if (comes_to_its_turn(context, id)) continue;
    store::Transaction change(context.database);
    if (auto row = schedule::skip_due(change, id, "launcher_busy", *report.busy, context.clock.now()))
      report.skipped.push_back(*row);
    change.commit();
  }
}

std::optional<store::Cycle> claim(const CycleContext& context, const std::string& schedule_id, bool now,
                                  RunReport& report) {
  store::Transaction change(context.database);
  auto claimed = schedule::claim_due(change, schedule_id, context.clock.now());
  if (!claimed.cycle && now) claimed.cycle = schedule::claim_now(change, schedule_id, context.clock.now());
  change.commit();
  std::ranges::move(claimed.skipped, std::back_inserter(report.skipped));
  return claimed.cycle;
}

// What is due after a round: schedules whose turn has not come yet in this run, and slots that had
// passed before it. What becomes due for a second time while it runs is the next run's.
std::vector<std::string> still_due(const CycleContext& context, const RunOptions& options,
                                   const std::set<std::string>& served, base::Instant began) {
  if (options.now) return {};
  auto ids = wanted(context, options);
  std::erase_if(ids, [&](const std::string& id) {
    if (!served.contains(id)) return false;
    const auto row = store::schedules::get(context.database, id);
    const auto due = schedule::due(row, schedule::config_of(row), context.clock.now());
    return !due || !due->slot || *due->slot > began;
  });
  return ids;
}

// A slot that is made up for has the window of its own time.
RunOptions options_for(const CycleContext& context, const store::Cycle& cycle, RunOptions options) {
  const auto row = store::schedules::get(context.database, cycle.schedule_id);
  const bool in_its_turn = schedule::config_of(row).misfire == schedule::Misfire::run_all;
  if (in_its_turn && !options.window_end) options.window_end = cycle.slot_at;
  return options;
}

}  // namespace

RunReport run(const CycleContext& context, const RunOptions& options) {
  RunReport report;
  const auto began = context.clock.now();
  const auto schedules = wanted(context, options);
  const auto interrupted = schedule::interrupted(context);
  if (schedules.empty() && interrupted.empty()) return report;

  const auto lock = TrainingLock::try_acquire(context.home, lock_name(options));
  if (!lock) {
    report.busy = TrainingLock::holder(context.home);
    skip_all(context, schedules, report);
    return report;
  }
  for (const auto& cycle : schedule::interrupted(context))
    report.cycles.push_back(recover(context, *lock, cycle));
  close_orphans(context, *context.launch.launcher);
  // One cycle of each schedule a round, the longest waiting first.
  std::set<std::string> served;
  for (auto round = schedules; !round.empty(); round = still_due(context, options, served, began)) {
    for (const auto& id : round) {
      if (context.launch.stop_count() > 0) return report;
      served.insert(id);
      if (const auto cycle = claim(context, id, options.now, report))
        report.cycles.push_back(work(context, *lock, *cycle, options_for(context, *cycle, options)));
    }
  }
  if (!report.cycles.empty() && context.tidy) context.tidy(*lock);
  return report;
}

}  // namespace ctt::cycle
