#pragma once

#include "market/costs.h"
#include "market/window.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ctt::schedule {

/// When a candidate may replace its parent.
enum class Gate { none, basic, strict };

/// What happens to slots that passed while nobody ran them: `skip` leaves all of them out, `run_once`
/// runs the newest, `run_all` runs each in its turn.
enum class Misfire { skip, run_once, run_all };

std::string_view name(Gate gate);
std::string_view name(Misfire misfire);        ///< `run_once`
Gate parse_gate(std::string_view name);        ///< throws Error(usage)
Misfire parse_misfire(std::string_view name);  ///< `run-once` is accepted too; throws Error(usage)

/// What a schedule does at each slot: the `config` of `/api/continuous`.
struct Config {
  std::chrono::milliseconds interval = std::chrono::hours(6);  ///< 1 minute .. 366 days
  std::int64_t window_candles = 1000;                          ///< 10 .. 1,000,000 closed bars
  std::int64_t holdout_candles = 100;      ///< newest bars of the window kept from the learner, on which
                                           ///< candidate and parent are compared; below window_candles;
                                           ///< absent: a tenth of it
  std::int64_t iterations_per_cycle = 20;  ///< 1 .. 100,000
  double fine_tune_lr_multiplier = 0.2;    ///< above 0, at most 10
  std::string symbol = "BTC/USD";
  market::Timeframe timeframe;
  bool auto_deploy = true;
  Gate gate = Gate::basic;
  Misfire misfire = Misfire::run_once;
  market::DefectPolicies data_policy;    ///< what a window must satisfy, defect by defect
  std::optional<market::Costs> costs{};  ///< that cycles learn with and are compared at; nothing: the pack's
  std::chrono::seconds anchor{20};  ///< slots lie on anchor + k x interval, counted from 1970-01-01T00:00Z

  /// Reads the JSON keys of the web contract (`interval_hours`, `window_candles`, ...); absent ones
  /// keep their defaults, unknown ones are refused. Throws Error(usage) naming key and limits.
  static Config parse(std::string_view json, const std::string& where);
  /// All keys; `interval_hours` is a number (0.25 is a quarter of an hour), `anchor` a time of day.
  std::string json() const;
  /// Throws Error(usage) naming the first field beyond its limits.
  void check(const std::string& where) const;

  bool operator==(const Config&) const = default;
};

/// The gate `strict` compares a candidate with its parent on no fewer held-back bars that neither has seen.
inline constexpr std::int64_t kStrictBarsMin = 50;

/// Throws Error(usage) when no candidate can ever pass the gate: `strict` with fewer bars held back than it
/// compares on.
void refuse_impossible_gate(const Config& config, const std::string& where);

/// Reads `00:00:20Z` or `00:00:20`: a time of day, UTC. Throws Error(usage).
std::chrono::seconds parse_anchor(std::string_view text);
std::string anchor_text(std::chrono::seconds anchor);

}  // namespace ctt::schedule
