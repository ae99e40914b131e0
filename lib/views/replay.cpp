#include "views/replay.h"

#include "replay/replay_folder.h"

namespace ctt::views {

namespace {

void copy(base::JsonWriter& json, base::JsonObject& from, const char* key) {
  const auto value = from.find(key);
  json.raw_field(key, value ? value->text() : "null");
}

}  // namespace

void add_replay(base::JsonWriter& json, const base::Home& home, const store::Replay& replay) {
  json.field("id", replay.id).field("status", replay::status_text(home, replay));
  json.field("schedule_id", replay.schedule_id).field("dataset_id", replay.dataset_id);
  json.field("lineages", replay.lineages).field("lineages_done", replay.lineages_done);
  json.field("sentence", replay.sentence).field("message", replay.message);
  json.field("created_at", replay.created_at).field("ended_at", replay.ended_at);
}

std::string result_tables(const std::string& result_json) {
  auto result = base::JsonValue::parse(result_json, "result.json").as_object();
  base::JsonWriter json;
  json.object();
  for (const auto* key : {"sentence", "verdict", "marks", "settings", "bars", "first_bar", "last_bar"})
    copy(json, result, key);
  json.key("points").array();
  for (const auto& value : result.at("points").as_array()) {
    auto point = value.as_object();
    json.object();
    for (const auto* key : {"point", "vary", "slots"}) copy(json, point, key);
    json.key("arms").array();
    for (const auto& one : point.at("arms").as_array()) {
      auto arm = one.as_object();
      json.object();
      for (const auto* key : {"arm", "median", "lowest", "highest"}) copy(json, arm, key);
      json.end();
    }
    json.end();
    for (const auto* key : {"comparisons", "gate"}) copy(json, point, key);
    json.end();
  }
  return json.end().end().text();
}

}  // namespace ctt::views
