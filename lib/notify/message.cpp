#include "notify/message.h"

#include <unistd.h>

#include <array>

#include <fmt/format.h>

#include "base/json.h"

namespace ctt::notify {

namespace {

std::string host() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::optional<std::string> present(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

std::string alarm_json(const store::Alarm& alarm) {
  base::JsonWriter json;
  json.object().field("event", alarm.kind).field("level", alarm.level);
  json.field("schedule_id", present(alarm.schedule_id)).field("reason", alarm.reason);
  json.field("command", present(alarm.command)).field("since", alarm.since);
  json.field("raised_at", alarm.raised_at).field("host", host()).field("id", alarm.id);
  return json.end().text();
}

std::string alarm_text(const store::Alarm& alarm) {
  const auto whose = alarm.schedule_id.empty() ? "" : ", " + alarm.schedule_id;
  auto text = fmt::format("ctt {}{}: {}", alarm.level, whose, alarm.reason);
  if (alarm.since) text += ", since " + base::to_rfc3339(*alarm.since);
  text += fmt::format(" ({})", host());
  if (!alarm.command.empty()) text += "; " + alarm.command;
  return text;
}

}  // namespace ctt::notify
