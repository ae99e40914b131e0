#include "cmd/schedule/switch.h"

#include <fmt/format.h>

#include "schedule/control.h"
#include "store/schedules.h"

namespace ctt::cmd {

using schedule::ControlOutcome;

void declare_switch(CLI::App& app, ScheduleSwitch& options, bool with_reason) {
  app.add_option("--schedule", options.schedule, "which one; may be left out when there is one")
      ->type_name("NAME");
  if (with_reason)
    app.add_option("--reason", options.reason, "kept with the schedule and its event")->type_name("TEXT");
}

int flip(Context& context, const ScheduleSwitch& options, const char* verb, const char* word,
         const ScheduleChange& change_it) {
  auto& database = context.database();
  const auto before = store::schedules::get_or_only(database, options.schedule);
  store::Transaction change(database);
  const auto outcome = change_it(change, before.id);
  const auto after = store::schedules::get(change, before.id);
  if (context.globals.dry_run)
    return context.would(fmt::format("{} schedule {} (now {})", verb, before.id, store::name(before.status)));
  change.commit();
  if (context.json()) {
    auto json = document(fmt::format("schedule.{}", verb))
                    .field("schedule_id", after.id)
                    .field("status", store::name(after.status));
    json.field("frozen", after.frozen).field("skip_next", after.skip_next);
    json.field("changed", outcome == ControlOutcome::done);
    json.field("next_cycle_at", after.next_cycle_at).end();
    context.print_json(json);
    return 0;
  }
  std::string text = outcome == ControlOutcome::already
                         ? fmt::format("Schedule {} is already {}.", after.id, word)
                         : fmt::format("Schedule {} is {}.", after.id, word);
  if (after.next_cycle_at)
    text +=
        fmt::format(" Next cycle {}.", context.terminal.moment_relative(*after.next_cycle_at, context.now()));
  context.say(text);
  return 0;
}

void SchedulePause::declare(CLI::App& app) { declare_switch(app, *this, true); }
void ScheduleResume::declare(CLI::App& app) { declare_switch(app, *this, false); }
void ScheduleFreeze::declare(CLI::App& app) { declare_switch(app, *this, true); }
void ScheduleUnfreeze::declare(CLI::App& app) { declare_switch(app, *this, false); }
void ScheduleSkipNext::declare(CLI::App& app) { declare_switch(app, *this, false); }

int SchedulePause::run(Context& context) const {
  return flip(context, *this, "pause", "paused",
              [&](auto& change, auto id) { return schedule::pause(change, id, reason, context.now()); });
}

int ScheduleResume::run(Context& context) const {
  return flip(context, *this, "resume", "active",
              [&](auto& change, auto id) { return schedule::resume(change, id, context.now()); });
}

int ScheduleFreeze::run(Context& context) const {
  return flip(context, *this, "freeze", "frozen: cycles train, nothing deploys",
              [&](auto& change, auto id) { return schedule::freeze(change, id, reason, context.now()); });
}

int ScheduleUnfreeze::run(Context& context) const {
  return flip(context, *this, "unfreeze", "not frozen: candidates that pass the gate deploy",
              [&](auto& change, auto id) { return schedule::unfreeze(change, id, context.now()); });
}

int ScheduleSkipNext::run(Context& context) const {
  return flip(context, *this, "skip-next", "set to leave its next slot out",
              [&](auto& change, auto id) { return schedule::skip_next(change, id, context.now()); });
}

}  // namespace ctt::cmd
