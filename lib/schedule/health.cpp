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

std::optional<std::string> failing(std::span<const Cycle> newest_first) {
  const auto tried = attempts(newest_first);
  const auto failures = static_cast<std::size_t>(
      std::ranges::find(tried, CycleStatus::completed, &Cycle::status) - tried.begin());
  if (failures == 0 || (failures < kFailuresMax && failures < tried.size())) return std::nullopt;
  return fmt::format("{} failed, last with {}: {}; see ctt cycle show {}",
                     failures == 1 ? "the only cycle" : fmt::format("the newest {} cycles", failures),
                     tried.front().reason.value_or("internal"), tried.front().message.value_or(""),
                     tried.front().number);
}

std::optional<std::string> late(const store::Schedule& schedule, const Config& config, Instant now) {
  const auto tolerance =
      std::clamp<milliseconds>(config.interval / 10, std::chrono::minutes(2), std::chrono::minutes(15));
  if (!schedule.next_cycle_at || now <= *schedule.next_cycle_at + tolerance) return std::nullopt;
  return fmt::format(
      "a cycle has been due for {} and nothing ran it; ctt schedule install lets a timer call it",
      words(now - *schedule.next_cycle_at));
}

std::optional<std::string> stale(const store::Schedule& schedule, const Config& config,
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
  const auto& newest = newest_first.empty() ? Cycle{} : newest_first.front();
  if (last == newest_first.end()) {
    return fmt::format("no cycle has completed in {}{}; see ctt schedule history", words(now - since),
                       newest.reason ? fmt::format(", last {}", *newest.reason) : "");
  }
  return fmt::format("the newest completed cycle is {} old; see ctt schedule history",
                     words(now - *last->finished_at));
}

}  // namespace

std::string_view name(Health health) { return kHealths.name(health); }

HealthReport health(const store::Schedule& schedule, const Config& config,
                    std::span<const Cycle> newest_first, Instant now, std::optional<seconds> age_max) {
  if (schedule.status != store::ScheduleState::active) return {};
  if (auto reason = failing(newest_first)) return {Health::failing, *reason};
  if (auto reason = late(schedule, config, now)) return {Health::late, *reason};
  if (auto reason = stale(schedule, config, newest_first, now, age_max)) return {Health::stale, *reason};
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
  auto report = health(state.database, schedule, state.clock.now(), age_max);
  if (schedule.status != store::ScheduleState::active || report.health == Health::failing) return report;
  const auto running = store::cycles::running(state.database, schedule.id);
  if (!running || is_alive(state.home, *running)) return report;
  // Its process may have ended the cycle and given up the lock since the row was read.
  const auto still = store::cycles::running(state.database, schedule.id);
  if (!still || still->id != running->id) return report;
  return {Health::failing, fmt::format("cycle {} was left by its process (pid {}), which is gone; "
                                       "ctt cycle run --schedule {} finishes or closes it",
                                       running->number, running->pid, schedule.id)};
}

}  // namespace ctt::schedule
