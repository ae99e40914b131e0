#include "replay/settings.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/json.h"
#include "base/sha256.h"

namespace ctt::replay {

using base::Error;
using base::Failure;

namespace {

const std::vector<std::string> kKeys{"interval", "window", "holdout", "iterations",
                                     "lr-mult",  "gate",   "costs"};

template <class Number>
Number number_of(const std::string& key, const std::string& text) {
  Number number{};
  const auto end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && stopped == end) return number;
  throw Error(Failure::usage, fmt::format("{}: \"{}\" is no number", key, text));
}

void set(ReplaySettings const& settings, cycle::FineTuning& tuning, const std::string& key,
         const std::string& value) {
  auto& config = tuning.config;
  if (key == "costs") {
    config.costs = market::parse_costs(value);
    tuning.pack.environment.costs = *config.costs;
  }
  if (key == "interval") config.interval = base::parse_duration(value);
  if (key == "holdout") config.holdout_candles = number_of<std::int64_t>(key, value);
  if (key == "iterations") config.iterations_per_cycle = number_of<std::int64_t>(key, value);
  if (key == "lr-mult") config.fine_tune_lr_multiplier = number_of<double>(key, value);
  if (key == "gate") config.gate = schedule::parse_gate(value);
  if (key == "window") {
    config.window_candles = number_of<std::int64_t>(key, value);
    if (settings.holdout_follows) config.holdout_candles = config.window_candles / 10;
  }
}

std::string origin_json(const cycle::FineTuning& tuning) {
  const auto& origin = tuning.origin;
  base::JsonWriter json;
  json.object().field("schedule", origin.schedule_id).field("base", origin.base_experiment_id);
  json.field("dataset", origin.dataset_id).field("pack", origin.hp_pack_id);
  json.raw_field("config", tuning.config.json()).raw_field("training_config", tuning.pack.json());
  json.raw_field("features", tuning.features.json());
  json.field("engine", training::name(tuning.compute.engine))
      .field("device", training::name(tuning.compute.device));
  if (tuning.compute.precision != training::Precision::float32)
    json.field("precision", training::name(tuning.compute.precision));
  json.field("base_learning_rate", tuning.base_learning_rate).field("base_seed", tuning.base_seed).end();
  return json.text();
}

cycle::FineTuning parse_tuning(base::JsonObject json) {
  const auto& where = json.where();
  cycle::FineTuning tuning;
  tuning.origin = {.schedule_id = json.string("schedule"),
                   .base_experiment_id = json.string("base"),
                   .dataset_id = json.string("dataset"),
                   .hp_pack_id = json.string("pack")};
  tuning.config = schedule::Config::parse(json.at("config").text(), where);
  tuning.pack = training::Pack::parse(json.at("training_config").text(), where);
  tuning.features = features::FeatureSet::parse(json.at("features").text(), where);
  tuning.compute.engine = training::parse_engine(json.string("engine"));
  tuning.compute.device = training::parse_device(json.string("device"));
  if (json.find("precision")) tuning.compute.precision = training::parse_precision(json.string("precision"));
  tuning.base_learning_rate = json.number("base_learning_rate");
  tuning.base_seed = static_cast<std::uint64_t>(json.integer("base_seed"));
  json.finish();
  return tuning;
}

std::string range_text(const ReplaySettings& settings) {
  return fmt::format("{}..{}", base::to_rfc3339(settings.first), base::to_rfc3339(settings.last));
}

}  // namespace

Variation parse_variation(std::string_view text) {
  const auto equals = text.find('=');
  Variation variation{.key = std::string(text.substr(0, equals)), .values = {}};
  if (std::ranges::find(kKeys, variation.key) == kKeys.end()) {
    throw Error(Failure::usage,
                fmt::format("--vary {}: \"{}\" cannot be varied{}; these can: {}", text, variation.key,
                            base::did_you_mean(variation.key, kKeys), fmt::join(kKeys, ", ")));
  }
  std::istringstream words{equals == std::string_view::npos ? ""
                                                            : std::string(text.substr(equals + 1)) + ","};
  for (std::string word; std::getline(words, word, ',');) {
    if (word.empty() || std::ranges::find(variation.values, word) != variation.values.end())
      throw Error(Failure::usage,
                  fmt::format("--vary {}: a value is {}", text, word.empty() ? "empty" : "repeated"));
    variation.values.push_back(word);
  }
  if (variation.values.empty())
    throw Error(Failure::usage, fmt::format("--vary {}: say which values, {}=A,B", text, variation.key));
  return variation;
}

std::string ReplaySettings::json() const {
  base::JsonWriter json;
  json.object().raw_field("training", origin_json(tuning)).field("base_sha256", base_sha256);
  json.field("base_iterations", base_iterations).field("from", first).field("to", last);
  std::vector<std::string> names;
  for (const auto arm : arms) names.emplace_back(name(arm));
  json.field("arms", names).field("seeds", seeds).field("base_seeds", base_seeds);
  json.field("holdout_follows", holdout_follows)
      .field("allow_seen", allow_seen)
      .field("seen", seen)
      .field("remote", remote);
  json.field("cash", cash);
  json.field("latency_s", latency ? std::optional(latency->count()) : std::nullopt);
  json.key("vary").array();
  for (const auto& variation : vary)
    json.object().field("key", variation.key).field("values", variation.values).end();
  json.end().raw_field("earlier_trials", json_of(earlier)).end();
  return json.text();
}

ReplaySettings ReplaySettings::parse(std::string_view text, const std::string& where) {
  auto json = base::JsonValue::parse(text, where).as_object();
  const auto instant = [&](const char* key) {
    return std::chrono::floor<std::chrono::seconds>(base::parse_time(json.string(key)));
  };
  ReplaySettings settings;
  settings.tuning = parse_tuning(json.at("training").as_object());
  settings.base_sha256 = json.string("base_sha256");
  settings.base_iterations = static_cast<std::uint64_t>(json.integer("base_iterations"));
  settings.first = instant("from");
  settings.last = instant("to");
  std::vector<std::string> names;
  for (const auto& arm : json.at("arms").as_array()) names.push_back(arm.as_string());
  settings.arms = parse_arms(fmt::format("{}", fmt::join(names, ",")));
  settings.seeds = static_cast<int>(json.integer("seeds"));
  settings.base_seeds = json.boolean("base_seeds", true);
  settings.holdout_follows = json.boolean("holdout_follows", true);
  settings.allow_seen = json.boolean("allow_seen", false);
  settings.seen = json.boolean("seen", false);
  settings.remote = json.boolean("remote", false);
  settings.cash = json.number("cash");
  if (const auto latency = json.find("latency_s"))
    settings.latency = std::chrono::seconds(latency->as_integer());
  for (const auto& entry : json.at("vary").as_array()) {
    auto object = entry.as_object();
    Variation variation{.key = object.string("key"), .values = {}};
    for (const auto& value : object.at("values").as_array()) variation.values.push_back(value.as_string());
    settings.vary.push_back(std::move(variation));
  }
  settings.earlier = parse_trials(json.at("earlier_trials").text(), where);
  json.finish();
  return settings;
}

std::vector<GridPoint> ReplaySettings::points() const {
  std::vector<GridPoint> points{{.vary = {}, .tuning = tuning, .key = {}}};
  for (const auto& [key, values] : vary) {
    std::vector<GridPoint> finer;
    for (const auto& point : points) {
      for (const auto& value : values) {
        auto one = point;
        one.vary.emplace_back(key, value);
        set(*this, one.tuning, key, value);
        finer.push_back(std::move(one));
      }
    }
    points = std::move(finer);
  }
  for (auto& point : points) {
    point.tuning.config.check("replay");
    point.key = base::sha256(origin_json(point.tuning) + range_text(*this)).substr(0, 16);
  }
  return points;
}

}  // namespace ctt::replay
