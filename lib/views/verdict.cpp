#include "views/verdict.h"

namespace ctt::views {

namespace {

std::optional<std::string> present(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

void add_condition(base::JsonWriter& json, const upkeep::HealthCondition& condition) {
  json.field("condition", condition.code)
      .field("reason", condition.reason)
      .field("command", present(condition.command))
      .field("since", condition.since);
}

}  // namespace

std::string verdict_json(const upkeep::HealthVerdict& verdict) {
  base::JsonWriter json;
  json.object().field("level", upkeep::name(verdict.level()));
  if (const auto* worst = verdict.worst()) {
    add_condition(json, *worst);
  } else {
    for (const auto* key : {"condition", "reason", "command", "since"}) json.field(key, nullptr);
  }
  json.key("conditions").array();
  for (const auto& condition : verdict.conditions) {
    json.object().field("level", upkeep::name(condition.level));
    add_condition(json, condition);
    json.end();
  }
  return json.end().end().text();
}

void add_verdict_of(base::JsonWriter& json, const std::optional<std::string>& schedule_id,
                    const upkeep::HealthVerdict& verdict) {
  json.field("schedule_id", schedule_id).raw_field("verdict", verdict_json(verdict));
}

}  // namespace ctt::views
