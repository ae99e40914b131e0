#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "market/candle.h"

namespace ctt::market {

enum class Defect { hole, duplicate, unordered, off_grid, zero_volume, revised, not_finite, impossible };
inline constexpr std::size_t kDefectCount = 8;

/// `hole`, `duplicate`, ...: the name in settings, reports and sentences.
std::string_view name(Defect defect);

/// What to do about a defect: repair it from the past (`fill`), count it and leave it (`mark`), or
/// refuse the window (`block`).
///
/// - hole: no row for a grid time. Filled with a bar at the previous close, without volume; marked, it
///   stays a hole.
/// - duplicate: a time that stood before. The later row counts, filled or marked.
/// - unordered: a row older than one before it. Put in order, filled or marked.
/// - off_grid: a time that opens no bar. Left out; marked, it stays.
/// - zero_volume: nothing was traded. As a hole; marked, it stays.
/// - revised: its source changed it since it was stored. The newer values count, filled or marked.
/// - not_finite: a value that is no number. As a hole; marked, it stays.
/// - impossible: high < low, open or close outside of them, a price that cannot be one, volume < 0
///   (see soundness.h). As a hole; marked, it stays.
///
/// A row without a sound bar before it cannot be filled: it is left out. Nothing is taken from
/// the future.
enum class DefectPolicy { fill, mark, block };

struct DefectPolicies {
  std::array<DefectPolicy, kDefectCount> of;  ///< by Defect
  double filled_fraction_max = 0.25;          ///< a window of which more is filled in is refused; 0 .. 1
  DefectPolicies();  ///< fill holes and duplicates, mark zero volume and revised, block the rest

  /// `{"hole":"block","filled_fraction_max":0.02}`: `before` with these changed. Throws Error(usage).
  static DefectPolicies parse(std::string_view json, const DefectPolicies& before);
  /// The defaults with these changed.
  static DefectPolicies parse(std::string_view json) { return parse(json, DefectPolicies()); }

  DefectPolicy about(Defect defect) const { return of[static_cast<std::size_t>(defect)]; }
  std::string json() const;  ///< all of them, `{"hole":"fill",...}`
  bool operator==(const DefectPolicies&) const = default;
};

/// How often each defect was met, and where first. A hole counts once per missing bar.
struct DefectReport {
  std::array<std::size_t, kDefectCount> count{};
  std::array<std::optional<base::Seconds>, kDefectCount> first{};

  std::size_t of(Defect defect) const { return count[static_cast<std::size_t>(defect)]; }
  std::size_t total() const;
  std::string json() const;  ///< `{"hole":{"count":2,"first":"..."}}`, only what was met
};

/// A training window: exactly the bars asked for, and the warm-up rows before them.
struct Window {
  CandleSeries series;  ///< warm-up rows first, then the window's bars; on the grid unless marked otherwise
  std::size_t warm_up = 0;  ///< how many of the rows are warm-up
  DefectReport defects;
  std::size_t filled = 0;  ///< rows that were made up from the one before

  base::Seconds first() const { return series.candles[warm_up].open_time; }
  base::Seconds last() const { return series.candles.back().open_time; }
};

struct WindowRequest {
  base::Seconds last{};                  ///< opening time of the newest bar
  std::size_t bars = 0;                  ///< bars of the window
  std::size_t warm_up = 0;               ///< rows before them
  std::vector<base::Seconds> revised{};  ///< bars that their source changed (see `revisions`)
};

/// The window that ends with the bar `request.last`, cut from candles that may have defects, repaired
/// and counted; what lies outside of it is not judged. The newest bar is never filled in: it must be there.
/// Give candles from before the window too: the price that fills a hole at its beginning is theirs, and a
/// window over marked holes reaches back into them.
/// Throws Error(data_blocked) when bars are missing at the beginning or the end.
Window cut_window(const CandleSeries& candles, const WindowRequest& request, const DefectPolicies& policies);

/// The same over all rows there are (for `datasets check`, training on a whole dataset). With no rows
/// at all the window is empty.
Window repair_candles(const CandleSeries& candles, const DefectPolicies& policies);

/// Why a window may not be trained on: a defect that blocks, too much that is filled in; one sentence,
/// or nothing.
std::optional<std::string> blocked(const Window& window, const DefectPolicies& policies);

/// Throws Error(data_blocked) when the window is blocked.
void pass_data_gate(const Window& window, const DefectPolicies& policies);

/// `repair_candles`, through the gate.
Window check_candles(const CandleSeries& candles, const DefectPolicies& policies);

/// Counts without repairing or refusing: the report that every policy gets to judge.
DefectReport count_defects(const CandleSeries& candles);

}  // namespace ctt::market
