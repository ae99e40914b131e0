#include "cycle/cycle.h"

#include <unistd.h>

#include <set>
#include <thread>

#include <fmt/format.h>

#include "base/error.h"
#include "cycle/pipeline.h"
#include "schedule/claim.h"
#include "schedule/control.h"
#include "schedule/recovery.h"
#include "schedule/slots.h"
#include "store/schedules.h"

namespace ctt::cycle {

namespace {

std::vector<std::string> wanted(const Surroundings& with, const RunOptions& options) {
  const auto due = schedule::due_schedules(with.database, with.clock.now());
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

bool comes_to_its_turn(const Surroundings& with, const std::string& schedule_id) {
  if (store::cycles::running(with.database, schedule_id)) return false;
  const auto holder = present_holder(with.home);
  return holder && holder->command == kTakesAll;
}

// The slots that are due cannot run: each gets its row, unless the run that holds the lock comes to
// it. Otherwise a schedule with short trainings would never get past one with long ones.
void skip_all(const Surroundings& with, const std::vector<std::string>& schedules, RunReport& report) {
  for (const auto& id : schedules) {
    if (comes_to_its_turn(with, id)) continue;
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

// What is due after a round: schedules whose turn has not come yet in this run, and slots that had
// passed before it. What becomes due for a second time while it runs is the next run's.
std::vector<std::string> still_due(const Surroundings& with, const RunOptions& options,
                                   const std::set<std::string>& served, base::Instant began) {
  if (options.now) return {};
  auto ids = wanted(with, options);
  std::erase_if(ids, [&](const std::string& id) {
    if (!served.contains(id)) return false;
    const auto row = store::schedules::get(with.database, id);
    const auto due = schedule::due(row, schedule::config_of(row), with.clock.now());
    return !due || !due->slot || *due->slot > began;
  });
  return ids;
}

// A slot that is made up for has the window of its own time.
RunOptions options_for(const Surroundings& with, const store::Cycle& cycle, RunOptions options) {
  const auto row = store::schedules::get(with.database, cycle.schedule_id);
  const bool in_its_turn = schedule::config_of(row).misfire == schedule::Misfire::run_all;
  if (in_its_turn && !options.window_end) options.window_end = cycle.slot_at;
  return options;
}

}  // namespace

RunReport run(const Surroundings& with, const RunOptions& options) {
  RunReport report;
  const auto began = with.clock.now();
  const auto schedules = wanted(with, options);
  const auto interrupted = schedule::interrupted(with.database, with.home);
  if (schedules.empty() && interrupted.empty()) return report;

  const auto lock = TrainingLock::try_acquire(with.home, lock_name(options));
  if (!lock) {
    report.busy = TrainingLock::holder(with.home);
    skip_all(with, schedules, report);
    return report;
  }
  for (const auto& cycle : schedule::interrupted(with.database, with.home))
    report.cycles.push_back(recover(with, cycle));
  close_orphans(with.database, with.home, with.clock);
  // One cycle of each schedule a round, the longest waiting first.
  std::set<std::string> served;
  for (auto round = schedules; !round.empty(); round = still_due(with, options, served, began)) {
    for (const auto& id : round) {
      if (with.launch.stop_count() > 0) return report;
      served.insert(id);
      if (const auto cycle = claim(with, id, options.now, report))
        report.cycles.push_back(work(with, *lock, *cycle, options_for(with, *cycle, options)));
    }
  }
  if (!report.cycles.empty())
    tidy(with.database, with.home, *lock, with.keep_models, with.rows, with.clock.now());
  return report;
}

}  // namespace ctt::cycle
