#pragma once

#include <optional>
#include <string>
#include <vector>

#include "replay/lineage.h"

namespace ctt::replay {

/// Bars of a market that never closes.
double bars_a_year(const market::Timeframe& timeframe);

/// Net returns from close to close, [bars - 1].
std::vector<double> returns_of(const AccountHistory& account);

/// From a purchase out of cash to the sale that leaves nothing.
struct RoundTrip {
  base::Seconds entered_at{};
  base::Seconds left_at{};
  double return_fraction = 0;  ///< of the cash that went in, costs included
  double quantity = 0;         ///< bought, base units
  double paid = 0;             ///< cash that went in, costs included
  double received = 0;         ///< cash that came out, costs taken off; of a trip that is not over, so far
  double bought_value = 0;     ///< price x quantity of the purchases
  double sold_value = 0;
  double sold = 0;                 ///< base units
  double commission = 0;           ///< of both sides, quote currency
  std::int64_t entry_version = 0;  ///< models whose decisions these were
  std::int64_t exit_version = 0;

  double entry_price() const { return quantity > 0 ? bought_value / quantity : 0; }
  double exit_price() const { return sold > 0 ? sold_value / sold : 0; }
  double profit() const { return received - paid; }
};

/// Those that are over, oldest first, and the one that is not.
struct RoundTrips {
  std::vector<RoundTrip> closed;
  std::optional<RoundTrip> open;
};
RoundTrips all_round_trips(const std::vector<ReplayFill>& fills);
std::vector<RoundTrip> round_trips(const std::vector<ReplayFill>& fills);

/// What a lineage came to. An empty optional is not defined, never 0. Fractions are per cent; costs quote currency.
struct ArmMetrics {
  double net_return_pct = 0;
  std::optional<double> annual_return_pct, sharpe, sortino, calmar;
  double max_drawdown_pct = 0;  ///< 0 or negative
  double max_drawdown_days = 0;
  std::optional<double> exposure_pct, time_in_market_pct, turnover_a_year;
  double trades = 0;  ///< fills
  double trades_a_day = 0;
  std::optional<double> hit_rate_pct, profit_per_trade_pct;  ///< of round trips
  double fees = 0, spread = 0;
  double slippage = 0;  ///< what the market moved between decision and fill, against us where positive
  double cost_free_return_pct = 0;  ///< had no fee and no spread been paid, of the same trades
  double swaps = 0;
  double passed = 0, rejected = 0, undecided = 0, skipped = 0, failed = 0;  ///< slots
};

ArmMetrics metrics_of(const LineageRun& lineage, const market::Timeframe& timeframe);

/// Number by number: the median and the range over seeds. What is undefined in one is left out of its number.
struct MetricsRange {
  ArmMetrics median, lowest, highest;
};
MetricsRange range_of(const std::vector<ArmMetrics>& seeds);

/// `{"net_return_pct":...}`.
std::string json_of(const ArmMetrics& metrics);

}  // namespace ctt::replay
