#include "market/sources.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "market/csv.h"
#include "market/synthetic.h"

namespace ctt::market {

namespace {

using base::Error;
using base::Failure;
using base::JsonObject;

std::unique_ptr<CandleSource> open_csv(JsonObject& config) {
  const auto file = config.string("file");
  if (file.empty()) throw Error(Failure::usage, fmt::format("{}: \"file\" is empty", config.where()));
  const auto columns = CsvColumns::parse(config.string("columns", ""));
  config.finish();
  return std::make_unique<CsvSource>(file, columns);
}

std::uint64_t not_negative(JsonObject& config, std::string_view key, std::uint64_t otherwise) {
  const auto value = config.integer(key, static_cast<std::int64_t>(otherwise));
  if (value < 0)
    throw Error(Failure::usage, fmt::format("{}: \"{}\" must not be negative", config.where(), key));
  return static_cast<std::uint64_t>(value);
}

// A start is a text as on the command line, or epoch seconds.
base::Seconds start_of(JsonObject& config, base::Seconds otherwise) {
  const auto value = config.find("start");
  if (!value) return otherwise;
  const auto instant = base::parse_time(value->is_number() ? value->text() : value->as_string());
  const auto second = std::chrono::floor<std::chrono::seconds>(instant);
  if (second != instant)
    throw Error(Failure::usage, fmt::format("{} must be a whole second", value->where()));
  return second;
}

std::unique_ptr<CandleSource> open_synthetic(JsonObject& config, Timeframe timeframe) {
  SyntheticSettings settings;
  settings.timeframe = timeframe;
  settings.seed = not_negative(config, "seed", settings.seed);
  settings.regime = parse_regime(config.string("regime", "gbm"));
  settings.candles = not_negative(config, "candles", settings.candles);
  settings.start = start_of(config, settings.start);
  settings.price = config.number("price", settings.price);
  settings.volatility = config.number("volatility", settings.volatility);
  settings.drift = config.number("drift", settings.drift);
  config.finish();
  return std::make_unique<SyntheticSource>(settings);
}

}  // namespace

std::unique_ptr<CandleSource> open_source(std::string_view type, std::string_view config_json,
                                          const std::string& symbol, Timeframe timeframe) {
  const auto where = fmt::format("{} source of {}", type, symbol);
  auto config = base::JsonValue::parse(config_json, where).as_object();
  if (type == "csv") return open_csv(config);
  if (type == "synthetic") return open_synthetic(config, timeframe);
  throw Error(Failure::usage, fmt::format("\"{}\" is not a source that can be opened without a network{}",
                                          type, base::did_you_mean(type, {"csv", "synthetic"})));
}

}  // namespace ctt::market
