#include "upkeep/verdict.h"

#include <algorithm>

#include "base/names.h"
#include "schedule/liveness.h"
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
  sort(all.conditions);
  return all;
}

HealthVerdict machine_verdict(const store::StateContext& state) {
  HealthVerdict all{.conditions = machine_conditions(state)};
  sort(all.conditions);
  return all;
}

}  // namespace ctt::upkeep
