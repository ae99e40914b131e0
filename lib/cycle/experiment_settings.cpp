#include "cycle/experiment_settings.h"

#include "base/json.h"
#include "base/sha256.h"

namespace ctt::cycle {

namespace {

std::string write(const ExperimentSettings& settings, bool with_threads) {
  base::JsonWriter json;
  json.object().raw_field("training_config", settings.pack.json()).field("hp_pack_id", settings.hp_pack_id);
  json.field("dataset_id", settings.dataset_id).raw_field("features", settings.features.json());
  json.field("symbol", settings.symbol).field("timeframe", settings.timeframe.name());
  json.field("seed", settings.seed)
      .field("iterations", settings.iterations)
      .field("learning_rate", settings.learning_rate);
  json.field("held_back_bars", settings.held_back)
      .field("engine", training::name(settings.compute.engine))
      .field("device", training::name(settings.compute.device));
  // What is in float32 keeps the hash that it had before there was another.
  if (settings.compute.precision != training::Precision::float32)
    json.field("precision", training::name(settings.compute.precision));
  if (with_threads) json.field("threads", settings.compute.threads);
  json.field("parent_experiment_id", settings.parent_experiment_id)
      .field("cycle_number", settings.cycle_number);
  json.field("parent_sha256", settings.parent_sha256);
  if (settings.parent_costs) json.raw_field("parent_costs", market::costs_json(*settings.parent_costs));
  json.end();
  return json.text();
}

}  // namespace

std::string ExperimentSettings::json() const { return write(*this, true); }

std::string ExperimentSettings::sha256() const { return base::sha256(write(*this, false)); }

ExperimentSettings ExperimentSettings::parse(std::string_view json, const std::string& where) {
  auto config = base::JsonValue::parse(json, where).as_object();
  ExperimentSettings settings;
  settings.hp_pack_id = config.string("hp_pack_id");
  settings.dataset_id = config.string("dataset_id");
  settings.pack = training::Pack::parse(config.at("training_config").text(), where);
  settings.features = features::FeatureSet::parse(config.at("features").text(), where);
  settings.symbol = config.string("symbol");
  settings.timeframe = market::Timeframe::parse(config.string("timeframe"));
  settings.seed = static_cast<std::uint64_t>(config.integer("seed"));
  settings.iterations = static_cast<std::size_t>(config.integer("iterations"));
  settings.learning_rate = config.number("learning_rate");
  settings.held_back = static_cast<std::size_t>(config.integer("held_back_bars"));
  settings.compute.engine = training::parse_engine(config.string("engine"));
  settings.compute.device = training::parse_device(config.string("device"));
  if (config.find("precision"))
    settings.compute.precision = training::parse_precision(config.string("precision"));
  if (config.find("threads")) settings.compute.threads = static_cast<int>(config.integer("threads"));
  if (const auto id = config.find("parent_experiment_id"); id && id->is_string())
    settings.parent_experiment_id = id->as_string();
  if (const auto number = config.find("cycle_number"); number && number->is_number())
    settings.cycle_number = config.integer("cycle_number");
  settings.parent_sha256 = config.string("parent_sha256", "");
  if (const auto costs = config.find("parent_costs")) settings.parent_costs = market::read_costs(*costs);
  return settings;
}

BaseSettings BaseSettings::parse(std::string_view json, const std::string& where) {
  auto config = base::JsonValue::parse(json, where).as_object();
  BaseSettings settings;
  settings.learning_rate = config.number("learning_rate");
  settings.seed = static_cast<std::uint64_t>(config.integer("seed", 0));
  return settings;
}

}  // namespace ctt::cycle
