#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "replay/metrics.h"
#include "store/live_decisions.h"
#include "store/live_trades.h"

namespace ctt::audit {

/// What an account made of a day or a month; the first bar of all is where it began.
struct PeriodResult {
  std::string period;  ///< `2026-11-23` or `2026-11`, UTC
  double return_pct = 0;
};

/// What a model made of the bars after its decisions.
struct ServedResult {
  std::int64_t model_version = 0;
  base::Seconds first{}, last{};  ///< opening times of the bars it decided on
  std::size_t bars = 0;
  std::size_t in_sample_bars = 0;  ///< of those, that it or an ancestor had learned from
  std::size_t fills = 0;
  double return_pct = 0;
};

/// What trading came to, of one session or of several on one account, one after the other.
struct TradingResults {
  replay::RoundTrips round_trips;
  std::optional<double> win_rate;  ///< share of closed round trips with a profit
  std::vector<PeriodResult> days, months;
  std::vector<ServedResult> models;  ///< in the order in which they first served
  double return_pct = 0, hold_pct = 0;
  double max_drawdown_pct = 0;  ///< 0 or negative
  double commission = 0;        ///< quote currency
  double slippage = 0;          ///< what fills were worse than the decision's close, where that is known
  std::size_t in_sample_bars = 0;
};

/// - `decisions`: one a bar, oldest first; equity as it was written with them.
/// - `trades`: the fills of those sessions, oldest first.
/// - `seen_until`: of each model's version the newest bar that it or an ancestor learned from, where it is known.
TradingResults trading_results(std::span<const store::LiveDecision> decisions,
                               std::span<const store::LiveTrade> trades,
                               const std::map<std::int64_t, base::Seconds>& seen_until);

}  // namespace ctt::audit
