#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ctt::report {

/// A `ctt.replay.result/1` document, read for showing. Whatever is null or absent in it is empty here; in
/// series it is NaN. Units are those of the keys: `_pct` is per cent. Times stay the texts they are.
struct ReportDocument {
  using Number = std::optional<double>;
  using Metrics = std::map<std::string, double, std::less<>>;  ///< by key; what is undefined is absent
  using Series = std::vector<double>;
  using Words = std::vector<std::pair<std::string, std::string>>;  ///< keys in their order

  struct Seed {
    std::int64_t seed = 0;
    Metrics metrics;
  };
  struct Arm {
    std::string name;
    Metrics median, lowest, highest;  ///< over the seeds
    std::vector<Seed> seeds;
  };
  struct RandomBand {
    std::string like;  ///< the arm whose turnover the random traders have
    Number draws, low_pct, median_pct, high_pct;
  };
  struct Comparison {
    std::string arm, against, verdict;
    Number mean_pct, low_pct, high_pct, share_not_below_0, block_length, seeds, years_needed;
  };
  struct SharpeTest {
    std::string arm;
    Number sharpe, probabilistic, deflated, trials, minimum_track_record_years;
  };
  struct GateCounts {
    double passed = 0, rejected = 0, undecided = 0, skipped = 0, failed = 0;
  };
  struct Month {
    std::string arm, month;  ///< `2018-01`
    Number return_pct;
  };
  struct TradeReturns {
    std::string arm;
    Series edges_pct, counts;  ///< [n + 1], [n]
  };
  struct Curve {
    std::string arm;
    Series median, low, high, drawdown_pct;  ///< [times]; empty when absent
  };
  struct RollingDifference {
    std::string arm, against;
    Number window_days;
    Series mean_pct, low_pct, high_pct;  ///< [times]
  };
  struct CycleLine {
    std::string arm, slot, window_first, window_last, outcome, reason, serves_from, sha256;
    std::int64_t seed = 0, number = 0;
    bool served = false;
    Number latency_bars, oos_pct, parent_oos_pct;
  };
  struct Point {
    std::int64_t number = 0;
    Words vary;  ///< what the grid sets at this point; empty without a grid
    Number slots;
    std::vector<Arm> arms;
    std::optional<RandomBand> random;
    std::vector<Comparison> comparisons;
    std::vector<SharpeTest> sharpe_tests;
    std::optional<GateCounts> gate, gate_placebo;
    bool gate_same_parent = false;  ///< each candidate and its placebo were trained from one parent
    std::vector<Month> months;
    std::vector<TradeReturns> trade_returns;
    Series times;  ///< of the curves: seconds since 1970, UTC
    std::vector<Curve> curves;
    std::optional<RollingDifference> difference;
    std::vector<CycleLine> cycles;
  };
  struct Grid {
    Number points, trials, overfitting_probability, superior_predictive_ability_p;
    std::string arm;
    std::int64_t best_point = 0;
  };

  /// What a session's account has more than its replay, quote currency, and what was held against each other.
  struct SessionGap {
    struct Row {
      std::string model;
      Number decided, total, decisions, prices, fees, missed_bars, unexplained;
    };
    std::vector<Row> rows;  ///< by model; of several the sum last
    Number compared, as_replayed, fills, price_bp_median, price_bp_worst, fee_bp_median, assumed_fee_bp;
    Words reasons;                          ///< of decisions that differ, with their counts
    std::string missed_bars, missing_bars;  ///< stretches; empty without any
  };

  std::string version, sentence, verdict, kind, first_bar, last_bar;
  std::vector<std::string> marks;
  Words settings, hashes;  ///< lists joined by commas
  Number bars, bars_a_year;
  std::vector<Point> points;
  std::optional<Grid> grid;
  std::optional<SessionGap> gap;

  bool in_sample() const;  ///< the base had seen bars of the range
  bool is_session() const { return kind == "session"; }
  const Point& main_point() const;                  ///< the first, which the sentence is about
  std::string setting(std::string_view key) const;  ///< empty when there is none
};

/// Reads the document. Throws Error(usage) for a text that is none, with the place of what is wrong in it,
/// and Error(integrity) for a document of another schema.
ReportDocument read_document(const std::string& result_json);

}  // namespace ctt::report
