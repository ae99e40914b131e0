#include "notify/event_alarms.h"

#include <fmt/format.h>

#include "base/json.h"

namespace ctt::notify {

namespace {

using store::Alarm;
using store::Event;

/// The payload of an event, read leniently: one of another version lacks a field.
struct Fields {
  base::JsonObject object;
  explicit Fields(const Event& event) : object(base::JsonValue::parse(event.payload, "event").as_object()) {}
  std::string text(const char* key) {
    const auto value = object.find(key);
    return value && value->is_string() ? value->as_string() : "";
  }
  std::int64_t number(const char* key) {
    const auto value = object.find(key);
    return value && value->is_number() ? value->as_integer() : 0;
  }
};

Alarm alarm(const Event& event, const char* kind, const char* level, std::string reason) {
  Alarm made{.schedule_id = event.schedule_id.value_or(""),
             .kind = kind,
             .level = level,
             .reason = std::move(reason)};
  if (event.cycle_number)
    made.command = fmt::format("ctt cycle show {} --schedule {}", *event.cycle_number, made.schedule_id);
  made.since = event.ts;
  return made;
}

std::optional<Alarm> failed(const Event& event) {
  Fields fields(event);
  const auto reason = fields.text("reason");
  if (reason == "cancelled") return std::nullopt;  // somebody asked for that
  return alarm(event, "cycle_failed", "warning",
               fmt::format("cycle {} of {} failed with {}: {}", event.cycle_number.value_or(0),
                           event.schedule_id.value_or(""), reason, fields.text("message")));
}

std::optional<Alarm> completed(const Event& event) {
  Fields fields(event);
  if (fields.text("decision") != "rejected") return std::nullopt;
  return alarm(event, "model_rejected", "notice",
               fmt::format("the gate kept the parent in cycle {} of {}: {}", event.cycle_number.value_or(0),
                           event.schedule_id.value_or(""), fields.text("decision_reason")));
}

std::optional<Alarm> deployed(const Event& event) {
  Fields fields(event);
  const auto version = fields.number("model_version"), before = fields.number("previous_model_version");
  const auto schedule = event.schedule_id.value_or("");
  const auto why = fields.text("reason").empty() ? "" : ": " + fields.text("reason");
  auto made =
      fields.text("cause") == "rollback"
          ? alarm(event, "model_reverted", "warning",
                  fmt::format("the trader of {} went back from v{} to v{}{}", schedule, before, version, why))
          : alarm(event, "model_deployed", "notice",
                  fmt::format("the trader of {} serves v{}{}", schedule, version, why));
  made.command = fmt::format("ctt models show v{} --schedule {}", version, schedule);
  return made;
}

}  // namespace

std::optional<Alarm> alarm_of(const Event& event) {
  if (event.type == "continuous_cycle_failed") return failed(event);
  if (event.type == "continuous_cycle_complete") return completed(event);
  if (event.type == "continuous_model_deployed") return deployed(event);
  return std::nullopt;
}

bool is_good_cycle(const Event& event) { return event.type == "continuous_cycle_complete"; }

}  // namespace ctt::notify
