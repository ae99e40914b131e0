#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "market/candle.h"
#include "market/defects.h"

namespace ctt::market {

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

/// What `take` gives of the bars of a dataset; when they are refused the remedy is to look at that dataset.
template <class Take>
auto bars_of_dataset(const std::string& dataset, const Take& take) {
  try {
    return take();
  } catch (const base::Error& error) {
    if (error.failure() != base::Failure::data_blocked) throw;
    throw base::Error(error.failure(), error.what()).why(error.why()).fix("ctt datasets check " + dataset);
  }
}

/// `repair_candles`, through the gate.
Window check_candles(const CandleSeries& candles, const DefectPolicies& policies);

/// Counts without repairing or refusing: the report that every policy gets to judge.
DefectReport count_defects(const CandleSeries& candles);

}  // namespace ctt::market
