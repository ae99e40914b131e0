#include "schedule/health.h"

#include "base/names.h"
#include "schedule/control.h"
#include "schedule/liveness.h"

namespace ctt::schedule {

namespace {

using base::Instant;
using std::chrono::milliseconds;
using std::chrono::seconds;
using store::Cycle;
using store::CycleStatus;

constexpr auto kHealths = base::names_of<Health>(
    {{Health::ok, "ok"}, {Health::late, "late"}, {Health::stale, "stale"}, {Health::failing, "failing"}});
constexpr std::size_t kRecentCycles = 20;
constexpr std::size_t kFailuresMax = 2;

std::string words(milliseconds duration) {
  return base::to_words(std::chrono::duration_cast<seconds>(duration));
}

// The newest cycles that tried and ended: skipped, cancelled and running ones say nothing.
std::vector<Cycle> attempts(std::span<const Cycle> newest_first) {
  std::vector<Cycle> tried;
  for (const auto& cycle : newest_first) {
    if (cycle.status == CycleStatus::completed || cycle.status == CycleStatus::failed) tried.push_back(cycle);
  }
  return tried;
}

// `step`: what the command does, where that is not to show more.
HealthReport report(Health health, std::string finding, std::string command, Instant since,
                    std::string_view step = "") {
  auto reason = step.empty() ? fmt::format("{}; see {}", finding, command)
                             : fmt::format("{}; {} {}", finding, command, step);
  return {.health = health,
          .reason = std::move(reason),
          .finding = std::move(finding),
          .command = std::move(command),
          .since = since};
}

std::optional<HealthReport> failing(const store::Schedule& schedule, std::span<const Cycle> newest_first) {
  const auto tried = attempts(newest_first);
  const auto failures = static_cast<std::size_t>(
      std::ranges::find(tried, CycleStatus::completed, &Cycle::status) - tried.begin());
  if (failures == 0 || (failures < kFailuresMax && failures < tried.size())) return std::nullopt;
  const auto& first = tried[failures - 1];
  return report(Health::failing,
                fmt::format("{} failed, last with {}: {}",
                            failures == 1 ? "the only cycle" : fmt::format("the newest {} cycles", failures),
                            tried.front().reason.value_or("internal"), tried.front().message.value_or("")),
                fmt::format("ctt cycle show {} --schedule {}", tried.front().number, schedule.id),
                first.finished_at.value_or(first.started_at));
}

std::optional<HealthReport> late(const store::Schedule& schedule, const Config& config, Instant now) {
  const auto tolerance =
      std::clamp<milliseconds>(config.interval / 10, std::chrono::minutes(2), std::chrono::minutes(15));
  if (!schedule.next_cycle_at || now <= *schedule.next_cycle_at + tolerance) return std::nullopt;
  auto overdue = report(
      Health::late,
      fmt::format("a cycle has been due for {} and nothing ran it", words(now - *schedule.next_cycle_at)),
      "ctt schedule install", *schedule.next_cycle_at, "lets a timer call it");
  overdue.command += " --systemd --user";
  return overdue;
}

// The last completed cycle, when the newest slot that ended found all bars learned with it: of a schedule
// whose slots come faster than its bars.
const Cycle* learned_all_bars(std::span<const Cycle> newest_first) {
  const auto newest = std::ranges::find_if(
      newest_first, [](const Cycle& cycle) { return cycle.status != CycleStatus::running; });
  const auto last = std::ranges::find(newest_first, CycleStatus::completed, &Cycle::status);
  if (newest == newest_first.end() || newest->reason != kNoNewData) return nullptr;
  if (last == newest_first.end() || !last->window_last) return nullptr;
  return &*last;
}

std::optional<HealthReport> without_new_bars(const store::Schedule& schedule, const Config& config,
                                             const Cycle& last, Instant now) {
  const auto width = config.timeframe.duration();
  const Instant closed(*last.window_last + width);
  const auto age_max = 2 * config.interval + 4 * width;
  if (now - closed <= age_max) return std::nullopt;
  return report(
      Health::stale,
      fmt::format("no bar has come since the one of {}, which closed {} ago",
                  base::to_rfc3339(*last.window_last), words(std::chrono::floor<milliseconds>(now - closed))),
      "ctt datasets show " + schedule.dataset_id, closed + age_max);
}

std::optional<HealthReport> stale(const store::Schedule& schedule, const Config& config,
                                  std::span<const Cycle> newest_first, Instant now,
                                  std::optional<seconds> age_max) {
  const auto limit = age_max ? milliseconds(*age_max) : 3 * config.interval;
  auto since = schedule.activated_at.value_or(schedule.created_at);
  const auto last = std::ranges::find(newest_first, CycleStatus::completed, &Cycle::status);
  // With an age asked for, the model's age counts, whenever the schedule became active.
  if (last != newest_first.end() && last->finished_at) {
    since = age_max ? *last->finished_at : std::max(since, *last->finished_at);
  }
  if (now - since <= limit) return std::nullopt;
  const auto history = "ctt schedule history --schedule " + schedule.id;
  const auto& newest = newest_first.empty() ? Cycle{} : newest_first.front();
  if (last == newest_first.end()) {
    return report(Health::stale,
                  fmt::format("no cycle has completed in {}{}", words(now - since),
                              newest.reason ? fmt::format(", last {}", *newest.reason) : ""),
                  history, since + limit);
  }
  return report(Health::stale,
                fmt::format("the newest completed cycle is {} old", words(now - *last->finished_at)), history,
                since + limit);
}

}  // namespace

std::string_view name(Health health) { return kHealths.name(health); }

HealthReport health(const store::Schedule& schedule, const Config& config,
                    std::span<const Cycle> newest_first, Instant now, std::optional<seconds> age_max) {
  if (schedule.status != store::ScheduleState::active) return {};
  if (auto found = failing(schedule, newest_first)) return *found;
  if (auto found = late(schedule, config, now)) return *found;
  if (const auto* last = learned_all_bars(newest_first)) {
    if (auto found = without_new_bars(schedule, config, *last, now)) return *found;
    if (!age_max) return {};  // however old the model is, no newer bar is there to learn from
  }
  if (auto found = stale(schedule, config, newest_first, now, age_max)) return *found;
  return {};
}

HealthReport health(store::Database& database, const store::Schedule& schedule, Instant now,
                    std::optional<seconds> age_max) {
  auto cycles = store::cycles::recent(database, schedule.id, kRecentCycles);
  // A long row of skipped slots must not hide the last one that trained.
  if (auto last = store::cycles::last_completed(database, schedule.id)) {
    if (std::ranges::find(cycles, last->id, &Cycle::id) == cycles.end()) cycles.push_back(*last);
  }
  return health(schedule, config_of(schedule), cycles, now, age_max);
}

HealthReport health(const store::StateContext& state, const store::Schedule& schedule,
                    std::optional<seconds> age_max) {
  auto by_rows = health(state.database, schedule, state.clock.now(), age_max);
  if (schedule.status != store::ScheduleState::active || by_rows.health == Health::failing) return by_rows;
  const auto running = store::cycles::running(state.database, schedule.id);
  if (!running || is_alive(state.home, *running)) return by_rows;
  // Its process may have ended the cycle and given up the lock since the row was read.
  const auto still = store::cycles::running(state.database, schedule.id);
  if (!still || still->id != running->id) return by_rows;
  auto left = report(
      Health::failing,
      fmt::format("cycle {} was left by its process (pid {}), which is gone", running->number, running->pid),
      "ctt cycle run --schedule " + schedule.id, running->started_at, "finishes or closes it");
  left.abandoned = true;
  return left;
}

}  // namespace ctt::schedule
