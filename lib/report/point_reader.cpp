#include "report/point_reader.h"

#include <limits>

#include <fmt/format.h>

#include "base/error.h"
#include "base/time.h"

namespace ctt::report {

namespace {

using base::JsonObject;
using base::JsonValue;

ReportDocument::Series series_of(JsonObject& json, std::string_view key) {
  ReportDocument::Series series;
  for (const auto& item : items_of(json, key)) {
    series.push_back(item.is_null() ? std::numeric_limits<double>::quiet_NaN() : item.as_number());
  }
  return series;
}

// As long as `size`, or absent.
ReportDocument::Series series_of(JsonObject& json, std::string_view key, std::size_t size) {
  auto series = series_of(json, key);
  if (series.empty() || series.size() == size) return series;
  throw base::Error(base::Failure::usage,
                    fmt::format("{}: \"{}\" has {} values, not {}", json.where(), key, series.size(), size));
}

ReportDocument::Metrics metrics_of(JsonObject& json, std::string_view key) {
  ReportDocument::Metrics metrics;
  const auto found = json.find(key);
  if (!found) return metrics;
  auto object = found->as_object();
  for (const auto& name : object.keys()) {
    if (const auto number = number_of(object, name)) metrics[name] = *number;
  }
  return metrics;
}

ReportDocument::Arm arm_of(JsonObject json) {
  ReportDocument::Arm arm{.name = json.string("arm"),
                          .median = metrics_of(json, "median"),
                          .lowest = metrics_of(json, "lowest"),
                          .highest = metrics_of(json, "highest"),
                          .seeds = {}};
  for (const auto& item : items_of(json, "seeds")) {
    auto seed = item.as_object();
    arm.seeds.push_back({.seed = seed.integer("seed"), .metrics = metrics_of(seed, "metrics")});
  }
  return arm;
}

ReportDocument::RandomBand random_of(JsonObject json) {
  return {.like = json.string("like", ""),
          .draws = number_of(json, "draws"),
          .low_pct = number_of(json, "low_pct"),
          .median_pct = number_of(json, "median_pct"),
          .high_pct = number_of(json, "high_pct")};
}

ReportDocument::Comparison comparison_of(JsonObject json) {
  return {.arm = json.string("arm"),
          .against = json.string("against"),
          .verdict = json.string("verdict", "not_compared"),
          .mean_pct = number_of(json, "mean_pct"),
          .low_pct = number_of(json, "low_pct"),
          .high_pct = number_of(json, "high_pct"),
          .share_not_below_0 = number_of(json, "share_not_below_0"),
          .block_length = number_of(json, "block_length"),
          .seeds = number_of(json, "seeds"),
          .years_needed = number_of(json, "years_needed")};
}

ReportDocument::SharpeTest sharpe_test_of(JsonObject json) {
  return {.arm = json.string("arm"),
          .sharpe = number_of(json, "sharpe"),
          .probabilistic = number_of(json, "probabilistic"),
          .deflated = number_of(json, "deflated"),
          .trials = number_of(json, "trials"),
          .minimum_track_record_years = number_of(json, "minimum_track_record_years")};
}

std::optional<ReportDocument::GateCounts> gate_of(JsonObject& gate, std::string_view key) {
  const auto found = gate.find(key);
  if (!found) return {};
  auto json = found->as_object();
  return ReportDocument::GateCounts{.passed = json.number("passed", 0),
                                    .rejected = json.number("rejected", 0),
                                    .undecided = json.number("undecided", 0),
                                    .skipped = json.number("skipped", 0),
                                    .failed = json.number("failed", 0)};
}

ReportDocument::TradeReturns trades_of(JsonObject json) {
  ReportDocument::TradeReturns trades{
      .arm = json.string("arm"), .edges_pct = series_of(json, "edges_pct"), .counts = {}};
  trades.counts = series_of(json, "counts", trades.edges_pct.empty() ? 0 : trades.edges_pct.size() - 1);
  return trades;
}

void read_curves(ReportDocument::Point& point, JsonObject json) {
  for (const auto& time : items_of(json, "times")) {
    const auto at = base::parse_time(time.as_string());
    point.times.push_back(std::chrono::duration<double>(at.time_since_epoch()).count());
  }
  const std::size_t size = point.times.size();
  for (const auto& item : items_of(json, "arms")) {
    auto arm = item.as_object();
    point.curves.push_back({.arm = arm.string("arm"),
                            .median = series_of(arm, "median", size),
                            .low = series_of(arm, "low", size),
                            .high = series_of(arm, "high", size),
                            .drawdown_pct = series_of(arm, "drawdown_pct", size)});
  }
  if (const auto found = json.find("difference")) {
    auto difference = found->as_object();
    point.difference = {.arm = difference.string("arm"),
                        .against = difference.string("against"),
                        .window_days = number_of(difference, "window_days"),
                        .mean_pct = series_of(difference, "mean_pct", size),
                        .low_pct = series_of(difference, "low_pct", size),
                        .high_pct = series_of(difference, "high_pct", size)};
  }
}

ReportDocument::CycleLine cycle_of(JsonObject json) {
  return {.arm = json.string("arm"),
          .slot = json.string("slot", ""),
          .window_first = json.string("window_first", ""),
          .window_last = json.string("window_last", ""),
          .outcome = json.string("outcome", ""),
          .reason = json.string("reason", ""),
          .serves_from = json.string("serves_from", ""),
          .sha256 = json.string("sha256", ""),
          .seed = json.integer("seed", 0),
          .number = json.integer("number", 0),
          .served = json.boolean("served", false),
          .latency_bars = number_of(json, "latency_bars"),
          .oos_pct = number_of(json, "oos_pct"),
          .parent_oos_pct = number_of(json, "parent_oos_pct")};
}

template <class T>
void read_all(std::vector<T>& into, JsonObject& json, std::string_view key, T (*read)(JsonObject)) {
  for (const auto& item : items_of(json, key)) into.push_back(read(item.as_object()));
}

ReportDocument::Month month_of(JsonObject json) {
  return {
      .arm = json.string("arm"), .month = json.string("month"), .return_pct = number_of(json, "return_pct")};
}

}  // namespace

ReportDocument::Number number_of(JsonObject& json, std::string_view key) {
  const auto value = json.find(key);
  return value ? std::optional(value->as_number()) : std::nullopt;
}

std::vector<JsonValue> items_of(JsonObject& json, std::string_view key) {
  const auto value = json.find(key);
  return value ? value->as_array() : std::vector<JsonValue>{};
}

ReportDocument::Point read_point(JsonObject json) {
  ReportDocument::Point point;
  point.number = json.integer("point", 0);
  point.slots = number_of(json, "slots");
  if (const auto vary = json.find("vary")) point.vary = words_in(vary->as_object());
  if (const auto random = json.find("random")) point.random = random_of(random->as_object());
  read_all(point.arms, json, "arms", &arm_of);
  read_all(point.comparisons, json, "comparisons", &comparison_of);
  read_all(point.sharpe_tests, json, "sharpe_tests", &sharpe_test_of);
  read_all(point.months, json, "months", &month_of);
  read_all(point.trade_returns, json, "trade_returns", &trades_of);
  read_all(point.cycles, json, "cycles", &cycle_of);
  if (const auto found = json.find("gate")) {
    auto gate = found->as_object();
    point.gate = gate_of(gate, "real");
    point.gate_placebo = gate_of(gate, "placebo");
    point.gate_same_parent = gate.boolean("same_parent", false);
  }
  if (const auto curves = json.find("curves")) read_curves(point, curves->as_object());
  return point;
}

}  // namespace ctt::report
