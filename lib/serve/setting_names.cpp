#include "serve/setting_names.h"

#include "base/error.h"

namespace ctt::serve {

namespace {

constexpr const char* kOwn = "lr";
constexpr const char* kOther = "learning_rate";

bool is_number(const std::optional<base::JsonValue>& value, double number) {
  return value && value->is_number() && value->as_number() == number;
}

// What is sent as `learning_rate` counts, unless `lr` is what was changed; of a new pack nothing was.
bool other_counts(const std::optional<base::JsonValue>& own, const base::JsonValue& other,
                  std::optional<double> known) {
  if (!own || !known || own->text() == other.text() || is_number(own, *known)) return true;
  if (is_number(other, *known)) return false;
  throw base::Error(base::Failure::usage,
                    "\"lr\" and \"learning_rate\" say different things: send one of them");
}

}  // namespace

std::string with_both_names(base::JsonObject settings, std::string_view left_out) {
  base::JsonWriter json;
  json.object();
  for (const auto& key : settings.keys()) {
    if (key == left_out) continue;
    const auto value = settings.find(key);  // none for null
    const auto text = value ? value->text() : "null";
    json.raw_field(key == "num_envs" ? "num_rollout_workers" : key, text);
    if (key == kOwn) json.raw_field(kOther, text);
  }
  return json.end().text();
}

std::string with_own_names(const base::JsonValue& config, std::optional<double> known) {
  if (!config.is_object()) return config.text();
  auto settings = config.as_object();
  const auto other = settings.find(kOther);
  if (!other) return config.text();
  const bool counts = other_counts(settings.find(kOwn), *other, known);
  base::JsonWriter json;
  json.object();
  for (const auto& key : settings.keys()) {
    if (key == kOther && counts) json.raw_field(kOwn, other->text());
    if (key == kOther || (key == kOwn && counts)) continue;
    const auto value = settings.find(key);  // none for null, which the pack refuses by its own name
    json.raw_field(key, value ? value->text() : "null");
  }
  return json.end().text();
}

}  // namespace ctt::serve
