#include "cmd/notify/list.h"

#include <fmt/format.h>

#include "cmd/shell/output.h"
#include "store/alarms.h"

namespace ctt::cmd {

using store::Alarm;

namespace {

std::string sending(const Alarm& alarm) {
  if (alarm.problem) return "failed: " + *alarm.problem;
  return alarm.sent_at ? "sent" : "under way";
}

std::string line(const Context& context, const Alarm& alarm) {
  const auto& term = context.terminal;
  const auto style = alarm.level == "critical"  ? Style::bad
                     : alarm.level == "warning" ? Style::warning
                                                : Style::good;
  return fmt::format("{}  {}  {}{}{}\n    {}{}\n", term.moment(alarm.raised_at, context.now()),
                     term.paint(style, alarm.level), alarm.kind,
                     alarm.schedule_id.empty() ? "" : ", " + alarm.schedule_id,
                     alarm.cleared_at ? "" : ", holds still", alarm.reason, "; " + sending(alarm));
}

void add_alarm(base::JsonWriter& json, const Alarm& alarm) {
  const auto present = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
  };
  json.object().field("id", alarm.id).field("event", alarm.kind).field("level", alarm.level);
  json.field("schedule_id", present(alarm.schedule_id)).field("reason", alarm.reason);
  json.field("command", present(alarm.command)).field("since", alarm.since);
  json.field("raised_at", alarm.raised_at).field("cleared_at", alarm.cleared_at);
  json.field("sent_at", alarm.sent_at).field("problem", alarm.problem).end();
}

}  // namespace

void NotifyList::declare(CLI::App& app) {
  app.add_option("--limit", limit, "alarms at the most")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str()
      ->type_name("N");
}

int NotifyList::run(Context& context) const {
  const auto alarms = store::alarms::newest(context.readable_database(), static_cast<std::size_t>(limit));
  if (context.json()) {
    auto json = document("notify.list").key("items").array();
    for (const auto& alarm : alarms) add_alarm(json, alarm);
    context.print_json(json.end().end());
  } else if (alarms.empty()) {
    context.say("Nobody was told anything yet. Try it: ctt notify test");
  } else {
    for (const auto& alarm : alarms) context.out << line(context, alarm);
  }
  return 0;
}

}  // namespace ctt::cmd
