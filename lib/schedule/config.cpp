#include "schedule/config.h"

#include "base/error.h"
#include "base/json.h"
#include "base/names.h"
#include "base/time.h"
#include "schedule/window_limits.h"

namespace ctt::schedule {

using base::Error;
using base::Failure;

namespace {

using std::chrono::milliseconds;

constexpr auto kGates =
    base::names_of<Gate>({{Gate::none, "none"}, {Gate::basic, "basic"}, {Gate::strict, "strict"}});
constexpr auto kMisfires = base::names_of<Misfire>(
    {{Misfire::skip, "skip"}, {Misfire::run_once, "run_once"}, {Misfire::run_all, "run_all"}});
constexpr auto kIntervalMin = std::chrono::minutes(1);
constexpr auto kIntervalMax = std::chrono::days(366);
constexpr double kMillisecondsPerHour = 3'600'000;

template <class Enum, std::size_t N>
Enum parse(std::string_view word, const base::Names<Enum, N>& words, std::string_view noun) {
  if (const auto found = words.find(word)) return *found;
  throw Error(Failure::usage, fmt::format("\"{}\" is no {}{}; there are {}", word, noun,
                                          base::did_you_mean(word, words.all()), words.list()));
}

void require(bool holds, const std::string& where, std::string_view key, std::string_view limits) {
  if (holds) return;
  throw Error(Failure::usage, fmt::format("{}: {} must be {}", where, key, limits));
}

milliseconds interval_of(double hours, const std::string& where) {
  require(hours > 0 && hours < 1e6, where, "interval_hours", "between 1 minute and 366 days");
  return milliseconds(std::llround(hours * kMillisecondsPerHour));
}

}  // namespace

std::string_view name(Gate gate) { return kGates.name(gate); }
std::string_view name(Misfire misfire) { return kMisfires.name(misfire); }

Gate parse_gate(std::string_view name) { return parse(name, kGates, "gate"); }

Misfire parse_misfire(std::string_view name) {
  std::string word(name);
  std::ranges::replace(word, '-', '_');
  return parse(word, kMisfires, "misfire");
}

Config Config::parse(std::string_view json, const std::string& where) {
  auto keys = base::JsonValue::parse(json, where).as_object();
  Config config;
  if (const auto hours = keys.find("interval_hours"))
    config.interval = interval_of(hours->as_number(), where);
  config.window_candles = keys.integer("window_candles", config.window_candles);
  config.holdout_candles = keys.integer("holdout_candles", config.window_candles / 10);
  config.iterations_per_cycle = keys.integer("iterations_per_cycle", config.iterations_per_cycle);
  config.fine_tune_lr_multiplier = keys.number("fine_tune_lr_multiplier", config.fine_tune_lr_multiplier);
  config.symbol = keys.string("symbol", config.symbol);
  if (const auto timeframe = keys.find("timeframe"))
    config.timeframe = market::Timeframe::parse(timeframe->as_string());
  config.auto_deploy = keys.boolean("auto_deploy", config.auto_deploy);
  if (const auto gate = keys.find("gate")) config.gate = parse_gate(gate->as_string());
  if (const auto misfire = keys.find("misfire")) config.misfire = parse_misfire(misfire->as_string());
  if (const auto policy = keys.find("data_policy"))
    config.data_policy = market::DefectPolicies::parse(policy->text());
  if (const auto costs = keys.find("costs")) config.costs = market::read_costs(*costs);
  if (const auto anchor = keys.find("anchor")) config.anchor = parse_anchor(anchor->as_string());
  keys.finish();
  config.check(where);
  return config;
}

std::string Config::json() const {
  base::JsonWriter json;
  json.object();
  const auto hour_ms = milliseconds(std::chrono::hours(1)).count();
  // Whole hours without a fraction, as the contract's example has them.
  if (interval.count() % hour_ms == 0) {
    json.field("interval_hours", interval.count() / hour_ms);
  } else {
    json.field("interval_hours", static_cast<double>(interval.count()) / kMillisecondsPerHour);
  }
  json.field("window_candles", window_candles)
      .field("holdout_candles", holdout_candles)
      .field("iterations_per_cycle", iterations_per_cycle)
      .field("fine_tune_lr_multiplier", fine_tune_lr_multiplier)
      .field("symbol", symbol)
      .field("timeframe", timeframe.alpaca_name())
      .field("auto_deploy", auto_deploy)
      .field("gate", name(gate))
      .field("misfire", name(misfire))
      .raw_field("data_policy", data_policy.json());
  if (costs) json.raw_field("costs", market::costs_json(*costs));
  return json.field("anchor", anchor_text(anchor)).end().text();
}

void Config::check(const std::string& where) const {
  require(interval >= kIntervalMin && interval <= kIntervalMax, where, "interval_hours",
          "between 1 minute and 366 days");
  require(window_candles >= kWindowCandlesMin && window_candles <= kWindowCandlesMax, where, "window_candles",
          "between 10 and 1,000,000");
  require(holdout_candles >= 0 && holdout_candles <= window_candles / 2, where, "holdout_candles",
          "between 0 and half of window_candles");
  require(iterations_per_cycle >= 1 && iterations_per_cycle <= 100'000, where, "iterations_per_cycle",
          "between 1 and 100,000");
  require(fine_tune_lr_multiplier > 0 && fine_tune_lr_multiplier <= 10, where, "fine_tune_lr_multiplier",
          "above 0 and at most 10");
  require(!symbol.empty() && symbol.size() <= 32, where, "symbol", "1 to 32 characters, e.g. BTC/USD");
  require(anchor >= std::chrono::seconds(0) && anchor < std::chrono::days(1), where, "anchor",
          "a time of day between 00:00:00Z and 23:59:59Z");
}

void refuse_impossible_gate(const Config& config, const std::string& where) {
  if (config.gate != Gate::strict || config.holdout_candles >= kStrictBarsMin) return;
  throw Error(
      Failure::usage,
      fmt::format("{}: the gate strict can never pass: it compares on {} held-back bars at least, and "
                  "{} of {} are held back; hold {} back of a window of {} or more, or take the gate basic",
                  where, kStrictBarsMin, config.holdout_candles, config.window_candles, kStrictBarsMin,
                  2 * kStrictBarsMin));
}

std::chrono::seconds parse_anchor(std::string_view text) {
  auto time = text;
  if (time.ends_with('Z')) time.remove_suffix(1);
  const auto digit = [&](std::size_t at) {
    return time[at] >= '0' && time[at] <= '9' ? time[at] - '0' : 100;
  };
  if (time.size() == 8 && time[2] == ':' && time[5] == ':') {
    const auto two = [&](std::size_t at) { return 10 * digit(at) + digit(at + 1); };
    if (two(0) < 24 && two(3) < 60 && two(6) < 60) {
      return std::chrono::hours(two(0)) + std::chrono::minutes(two(3)) + std::chrono::seconds(two(6));
    }
  }
  throw Error(Failure::usage, fmt::format("\"{}\" is no time of day; write 00:00:20Z", text));
}

std::string anchor_text(std::chrono::seconds anchor) {
  const auto s = anchor.count();
  return fmt::format("{:02}:{:02}:{:02}Z", s / 3600, s / 60 % 60, s % 60);
}

}  // namespace ctt::schedule
