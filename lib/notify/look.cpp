#include "notify/look.h"

#include <algorithm>
#include <chrono>

#include "notify/event_alarms.h"
#include "store/events.h"
#include "upkeep/verdict.h"

namespace ctt::notify {

namespace {

using store::Alarm;

constexpr std::size_t kPage = 500;
constexpr auto kTooOld = std::chrono::hours(1);

// Each cycle that failed is told by its event.
bool is_told_by_events(const std::string& code) { return code == "cycle_failed" || code == "cycles_failing"; }

void add(std::vector<Alarm>& all, const std::string& schedule,
         const std::vector<upkeep::HealthCondition>& conditions) {
  for (const auto& condition : conditions) {
    if (condition.level < upkeep::HealthLevel::warning || is_told_by_events(condition.code)) continue;
    all.push_back({.schedule_id = schedule,
                   .kind = condition.code,
                   .level = std::string(upkeep::name(condition.level)),
                   .reason = condition.reason,
                   .command = condition.command,
                   .since = condition.since});
  }
}

std::vector<Alarm> conditions(const store::StateContext& state, const AskTrader& ask) {
  std::map<std::string, upkeep::TraderHealth> said;  // first: what is read then is of one moment
  for (const auto& row : store::schedules::list(state.database)) said.emplace(row.id, ask(row));
  std::vector<Alarm> all;
  add(all, "", upkeep::machine_conditions(state));
  for (const auto& row : store::schedules::list(state.database)) {
    add(all, row.id, upkeep::trader_conditions(state, row, said[row.id]));
    add(all, row.id, upkeep::schedule_conditions(state, row));
  }
  return all;
}

bool same(const Alarm& a, const Alarm& b) { return a.schedule_id == b.schedule_id && a.kind == b.kind; }

bool holds(const std::vector<Alarm>& all, const Alarm& alarm) {
  return std::ranges::any_of(all, [&](const Alarm& other) { return same(other, alarm); });
}

/// What one look is about to write.
struct Changes {
  std::vector<Alarm> lasting, passing, cleared, orphans;
  std::optional<std::int64_t> cursor;
  bool good_cycle = false;

  bool any() const {
    return !lasting.empty() || !passing.empty() || !cleared.empty() || !orphans.empty() || cursor;
  }
};

void read_events(const store::StateContext& state, const NotifySettings& settings, Changes& changes) {
  const auto newest = store::events::last_seq(state.database);
  const auto from = store::alarms::cursor(state.database);
  if (!from || *from > newest) {
    changes.cursor = newest;
    return;
  }
  if (*from == newest) return;
  const auto events = store::events::since(state.database, *from, kPage);
  for (const auto& event : events) {
    changes.cursor = event.seq;
    if (event.ts < state.clock.now() - kTooOld) continue;
    changes.good_cycle = changes.good_cycle || is_good_cycle(event);
    const auto alarm = alarm_of(event);
    if (alarm && settings.kinds.contains(alarm->kind)) changes.passing.push_back(*alarm);
  }
  if (events.empty()) changes.cursor = newest;  // they were pruned
}

Changes changes_of(const store::StateContext& state, const NotifySettings& settings, const AskTrader& ask) {
  Changes changes;
  const auto now_hold = conditions(state, ask);
  const auto told = store::alarms::holding(state.database);
  for (const auto& alarm : now_hold) {
    if (settings.kinds.contains(alarm.kind) && !holds(told, alarm)) changes.lasting.push_back(alarm);
  }
  for (const auto& alarm : told) {
    if (!holds(now_hold, alarm)) changes.cleared.push_back(alarm);
  }
  read_events(state, settings, changes);
  changes.orphans = store::alarms::unsent(state.database, state.clock.now());
  return changes;
}

}  // namespace

Found look(const store::StateContext& state, const NotifySettings& settings, const AskTrader& ask) {
  const auto changes = changes_of(state, settings, ask);
  Found found;
  if (!changes.any()) return found;
  const auto now = state.clock.now();
  store::Transaction change(state.database, base::Durability::relaxed);
  const auto keep = [&](std::optional<Alarm> alarm) {
    if (alarm) found.alarms.push_back(std::move(*alarm));
  };
  for (const auto& alarm : changes.cleared) store::alarms::clear(change, alarm.id, now);
  for (const auto& alarm : changes.lasting) keep(store::alarms::raise(change, alarm, true, now));
  // Whoever moved the cursor on meanwhile has told of these events.
  const bool ours = changes.cursor && store::alarms::cursor(change).value_or(0) < *changes.cursor;
  if (ours) {
    for (const auto& alarm : changes.passing) keep(store::alarms::raise(change, alarm, false, now));
    found.good_cycle = changes.good_cycle;
  }
  if (changes.cursor && (ours || !store::alarms::cursor(change)))
    store::alarms::set_cursor(change, *changes.cursor);
  for (const auto& alarm : changes.orphans)
    if (store::alarms::take_over(change, alarm.id)) found.alarms.push_back(alarm);
  change.commit();
  return found;
}

std::optional<Alarm> raise_now(const store::StateContext& state, Alarm alarm) {
  store::Transaction change(state.database, base::Durability::relaxed);
  auto raised = store::alarms::raise(change, std::move(alarm), false, state.clock.now());
  change.commit();
  return raised;
}

upkeep::TraderHealth ask_twice(const base::Home& home, const store::Schedule& schedule,
                               std::chrono::milliseconds patience) {
  auto said = upkeep::trader_health(home, schedule, patience);
  return said.silent ? upkeep::trader_health(home, schedule, patience) : said;
}

}  // namespace ctt::notify
