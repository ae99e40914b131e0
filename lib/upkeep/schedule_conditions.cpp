#include <fmt/format.h>

#include "schedule/health.h"
#include "store/cycles.h"
#include "store/deployments.h"
#include "upkeep/verdict.h"

namespace ctt::upkeep {

namespace {

using schedule::Health;
using store::CycleStatus;
using store::Schedule;

constexpr std::size_t kRecent = 20;

std::string show(const store::Cycle& cycle) {
  return fmt::format("ctt cycle show {} --schedule {}", cycle.number, cycle.schedule_id);
}

std::optional<HealthCondition> health_condition(const store::StateContext& state, const Schedule& schedule,
                                                std::optional<std::chrono::seconds> age_max) {
  auto report = schedule::health(state, schedule, age_max);
  if (report.finding.empty()) report.finding = report.reason;
  switch (report.health) {
    case Health::ok:
      return std::nullopt;
    case Health::late:
      return {{"cycle_late", HealthLevel::critical, report.finding, report.command, report.since}};
    case Health::stale:
      return {{"model_stale", HealthLevel::warning, report.finding, report.command, report.since}};
    case Health::failing:
      break;
  }
  return {{report.abandoned ? "cycle_abandoned" : "cycles_failing", HealthLevel::critical, report.finding,
           report.command, report.since}};
}

// What came of the newest attempt: skipped, cancelled and running ones say nothing.
std::optional<HealthCondition> newest_attempt(const store::StateContext& state, const Schedule& schedule) {
  for (const auto& cycle : store::cycles::recent(state.database, schedule.id, kRecent)) {
    if (cycle.status == CycleStatus::failed)
      return {{"cycle_failed", HealthLevel::warning,
               fmt::format("cycle {} failed with {}: {}", cycle.number, cycle.reason.value_or("internal"),
                           cycle.message.value_or("it did not say why")),
               show(cycle), cycle.finished_at}};
    if (cycle.status != CycleStatus::completed) continue;
    if (cycle.decision != store::Decision::rejected) return std::nullopt;
    return {{"model_rejected", HealthLevel::notice,
             fmt::format("the gate kept the parent in cycle {}: {}", cycle.number,
                         cycle.decision_reason.value_or("")),
             show(cycle), cycle.finished_at}};
  }
  return std::nullopt;
}

std::optional<HealthCondition> refused_model(const store::StateContext& state, const Schedule& schedule) {
  const auto desired = store::deployments::desired(state.database, schedule.id);
  if (!desired || !desired->refused_at) return std::nullopt;
  return {{"model_refused", HealthLevel::warning,
           fmt::format("the trader refused v{}: {}", desired->model_version, desired->refusal.value_or("")),
           fmt::format("ctt models show v{} --schedule {}", desired->model_version, schedule.id),
           desired->refused_at}};
}

}  // namespace

std::vector<HealthCondition> schedule_conditions(const store::StateContext& state, const Schedule& schedule,
                                                 std::optional<std::chrono::seconds> age_max) {
  std::vector<HealthCondition> all;
  const auto add = [&](std::optional<HealthCondition> condition) {
    if (condition) all.push_back(std::move(*condition));
  };
  if (schedule.status == store::ScheduleState::active) {
    add(health_condition(state, schedule, age_max));
    if (all.empty() || all.front().code != "cycles_failing") add(newest_attempt(state, schedule));
  }
  add(refused_model(state, schedule));
  if (schedule.status == store::ScheduleState::paused)
    add(HealthCondition{"schedule_paused", HealthLevel::notice, "the schedule is paused: nothing becomes due",
                        "ctt schedule resume --schedule " + schedule.id});
  if (schedule.frozen)
    add(HealthCondition{"schedule_frozen", HealthLevel::notice,
                        "the schedule is frozen: it trains and deploys nothing",
                        "ctt schedule unfreeze --schedule " + schedule.id});
  return all;
}

}  // namespace ctt::upkeep
