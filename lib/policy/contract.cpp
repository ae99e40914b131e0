#include "policy/contract.h"

#include <limits>

#include "base/error.h"
#include "base/json.h"
#include "market/symbol.h"

// Contract and lineage as JSON: the texts in a checkpoint's metadata.

namespace ctt::policy {

namespace {

using base::JsonObject;
using base::JsonValue;
using base::JsonWriter;

// Bounds that keep a damaged header from asking for absurd amounts of memory.
constexpr std::int64_t kInputsMax = 1 << 20;
constexpr std::int64_t kWidthMax = 1 << 14;
constexpr std::size_t kLayersMax = 16;

std::size_t bounded(const JsonValue& value, std::int64_t least, std::int64_t most) {
  const auto number = value.as_integer();
  if (number < least || number > most) {
    throw base::Error(base::Failure::usage,
                      fmt::format("{} must lie in {} .. {}", value.where(), least, most));
  }
  return static_cast<std::size_t>(number);
}

void write(JsonWriter& json, const NetworkShape& shape) {
  json.object().field("inputs", shape.inputs).field("actions", shape.actions).field("hidden", shape.hidden);
  json.field("activation", name(shape.activation)).field("shared", shape.shared).end();
}

NetworkShape read_network(JsonObject json) {
  NetworkShape shape;
  shape.inputs = bounded(json.at("inputs"), 1, kInputsMax);
  shape.actions = bounded(json.at("actions"), 1, 64);
  shape.hidden.clear();
  const auto hidden = json.at("hidden").as_array();
  if (hidden.size() > kLayersMax) {
    throw base::Error(base::Failure::usage, fmt::format("{}: more than {} layers", json.where(), kLayersMax));
  }
  for (const auto& width : hidden) shape.hidden.push_back(bounded(width, 1, kWidthMax));
  shape.activation = parse_activation(json.string("activation"));
  shape.shared = json.at("shared").as_bool();
  json.finish();
  return shape;
}

std::string words(const NetworkShape& shape) {
  JsonWriter json;
  write(json, shape);
  return json.text();
}

std::string words(const std::map<std::string, double>& parameters) {
  std::string text = "{";
  for (const auto& [key, number] : parameters)
    text += fmt::format("{}{} {}", text.size() > 1 ? ", " : "", key, number);
  return text + "}";
}

}  // namespace

std::string Contract::json() const {
  JsonWriter json;
  json.object().key("network");
  write(json, network);
  json.raw_field("features", features.json());
  json.field("columns", features.columns());
  json.field("window_size", window_size).field("account_columns", account_columns);
  json.field("symbol", symbol).field("timeframe", timeframe.name());
  json.field("action_scheme", action_scheme).key("action_parameters").object();
  for (const auto& [key, number] : action_parameters) json.field(key, number);
  json.end().field("commission", costs.commission).field("half_spread", costs.half_spread);
  json.field("fill", fill);
  return json.end().text();
}

Contract Contract::parse(std::string_view text, const std::string& where) {
  auto json = JsonValue::parse(text, where).as_object();
  Contract contract;
  contract.network = read_network(json.at("network").as_object());
  contract.features = features::FeatureSet::parse(json.at("features").text(), where);
  std::vector<std::string> columns;
  for (const auto& column : json.at("columns").as_array()) columns.push_back(column.as_string());
  if (columns != contract.features.columns()) {
    throw base::Error(base::Failure::usage,
                      fmt::format("{}: \"columns\" are not those of \"features\"", where));
  }
  contract.window_size = bounded(json.at("window_size"), 1, kInputsMax);
  contract.account_columns = json.at("account_columns").as_bool();
  contract.symbol = market::checked_symbol(json.string("symbol"), where);
  contract.timeframe = market::Timeframe::parse(json.string("timeframe"));
  contract.action_scheme = json.string("action_scheme");
  auto parameters = json.at("action_parameters").as_object();
  for (const auto& key : parameters.keys()) contract.action_parameters[key] = parameters.number(key);
  contract.costs = {json.number("commission"), json.number("half_spread", 0)};
  market::validate(contract.costs, where);
  contract.fill = json.string("fill");
  json.finish();
  return contract;
}

std::optional<std::string> Contract::difference(const Contract& other) const {
  const auto differs = [](std::string_view what, const auto& here, const auto& there) {
    return fmt::format("{} is {}, not {}", what, here, there);
  };
  if (symbol != other.symbol) return differs("symbol", symbol, other.symbol);
  if (timeframe != other.timeframe) return differs("timeframe", timeframe.name(), other.timeframe.name());
  if (features != other.features) return differs("features", features.json(), other.features.json());
  if (window_size != other.window_size) return differs("window_size", window_size, other.window_size);
  if (account_columns != other.account_columns) {
    return differs("account_columns", account_columns, other.account_columns);
  }
  if (action_scheme != other.action_scheme)
    return differs("action_scheme", action_scheme, other.action_scheme);
  if (action_parameters != other.action_parameters) {
    return differs("action_scheme_params", words(action_parameters), words(other.action_parameters));
  }
  if (fill != other.fill) return differs("fill", fill, other.fill);
  if (network != other.network) return differs("network", words(network), words(other.network));
  return std::nullopt;
}

std::string Lineage::json() const {
  JsonWriter json;
  json.object().field("experiment_id", experiment_id).field("parent_sha256", parent_sha256);
  if (parent_costs) json.raw_field("parent_costs", market::costs_json(*parent_costs));
  json.field("cycle", cycle).field("window_first", window_first).field("window_last", window_last);
  json.field("snapshot_sha256", snapshot_sha256)
      .field("seed", seed)
      .field("settings_sha256", settings_sha256);
  json.field("learning_rate", learning_rate).field("data_seen_until", data_seen_until);
  if (!precision.empty()) json.field("precision", precision);
  return json.field("ctt_version", ctt_version).end().text();
}

Lineage Lineage::parse(std::string_view text, const std::string& where) {
  auto json = JsonValue::parse(text, where).as_object();
  Lineage lineage;
  lineage.experiment_id = json.string("experiment_id");
  lineage.parent_sha256 = json.string("parent_sha256");
  if (const auto costs = json.find("parent_costs")) lineage.parent_costs = market::read_costs(*costs);
  lineage.cycle = json.integer("cycle");
  lineage.window_first = json.string("window_first");
  lineage.window_last = json.string("window_last");
  lineage.snapshot_sha256 = json.string("snapshot_sha256");
  lineage.seed = bounded(json.at("seed"), 0, std::numeric_limits<std::int64_t>::max());
  lineage.settings_sha256 = json.string("settings_sha256");
  lineage.learning_rate = json.number("learning_rate");
  lineage.data_seen_until = json.string("data_seen_until");
  lineage.precision = json.string("precision", "");
  lineage.ctt_version = json.string("ctt_version");
  json.finish();
  return lineage;
}

}  // namespace ctt::policy
