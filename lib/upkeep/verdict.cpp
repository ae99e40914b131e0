#include "upkeep/verdict.h"

#include <algorithm>

#include "base/names.h"
#include "schedule/liveness.h"
#include "store/alarms.h"
#include "store/live_sessions.h"

namespace ctt::upkeep {

namespace {

constexpr auto kLevels = base::names_of<HealthLevel>({{HealthLevel::ok, "ok"},
                                                      {HealthLevel::notice, "notice"},
                                                      {HealthLevel::warning, "warning"},
                                                      {HealthLevel::critical, "critical"}});

void append(std::vector<HealthCondition>& to, std::vector<HealthCondition> from) {
  std::ranges::move(from, std::back_inserter(to));
}

// Of equals, the trader comes before the schedule: money before training.
void sort(std::vector<HealthCondition>& conditions) {
  std::ranges::stable_sort(conditions, std::ranges::greater{}, &HealthCondition::level);
}

// What tells nothing of its beginning holds since somebody was told of it.
void fill_in_since(const store::StateContext& state, const std::string& schedule,
                   std::vector<HealthCondition>& conditions) {
  const auto unknown = [](const HealthCondition& condition) { return !condition.since; };
  if (std::ranges::none_of(conditions, unknown)) return;
  for (const auto& alarm : store::alarms::holding(state.database)) {
    if (!alarm.schedule_id.empty() && alarm.schedule_id != schedule) continue;
    for (auto& condition : conditions) {
      if (!condition.since && condition.code == alarm.kind) condition.since = alarm.raised_at;
    }
  }
}

}  // namespace

std::string_view name(HealthLevel level) { return kLevels.name(level); }

HealthVerdict verdict(const store::StateContext& state, const store::Schedule& schedule,
                      const TraderHealth& trader, std::optional<std::chrono::seconds> age_max) {
  HealthVerdict all;
  const auto session = store::live_sessions::newest_live(state.database, schedule.id);
  all.trader_running = session && schedule::is_alive(state.home, *session);
  all.conditions = machine_conditions(state);
  append(all.conditions, trader_conditions(state, schedule, trader));
  append(all.conditions, schedule_conditions(state, schedule, age_max));
  fill_in_since(state, schedule.id, all.conditions);
  sort(all.conditions);
  return all;
}

HealthVerdict machine_verdict(const store::StateContext& state) {
  HealthVerdict all{.conditions = machine_conditions(state)};
  fill_in_since(state, "", all.conditions);
  sort(all.conditions);
  return all;
}

}  // namespace ctt::upkeep
