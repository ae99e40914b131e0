#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace ctt::evaluation {

// Series in this header are [n], one value a bar, oldest first. `returns` are simple net returns, a
// fraction: 0.01 is 1 %, and none is below -1. `bars_a_year` is 8,760 for hours of a market that never
// closes. An empty optional means that the number is not defined, never that it is 0 or infinite.
// Every function throws std::invalid_argument when a value is not finite, or not possible.

/// Annualised Sharpe ratio: mean(r) / s(r) * sqrt(bars_a_year), s the sample's deviation (n - 1), no
/// risk-free rate. Nothing for fewer than two returns or returns that are all equal.
///
/// The square root holds for returns that do not depend on each other; returns that follow a trend make
/// it too large (Lo 2002). Source: Sharpe 1994, "The Sharpe Ratio", J. Portfolio Management 21(1), 49-58.
std::optional<double> sharpe_ratio(std::span<const double> returns, double bars_a_year);

/// Annualised Sortino ratio against 0: mean(r) / d(r) * sqrt(bars_a_year), with the downside deviation
/// d = sqrt(1/n sum min(r, 0)^2) over all n bars. Nothing when no return is negative.
///
/// Source: Sortino & Price 1994, "Performance Measurement in a Downside Risk Framework", J. Investing
/// 3(3), 59-64.
std::optional<double> sortino_ratio(std::span<const double> returns, double bars_a_year);

/// Growth a year, a fraction: (prod(1 + r))^(bars_a_year / n) - 1. Nothing for no returns.
std::optional<double> annual_return(std::span<const double> returns, double bars_a_year);

/// Calmar ratio: annual_return over the size of the maximum drawdown. Nothing when there was no drawdown.
/// Source: Young 1991, "Calmar Ratio: A Smoother Tool", Futures 20(1), 40.
std::optional<double> calmar_ratio(std::span<const double> returns, double bars_a_year);

/// How far, and for how long, an account stood below its highest value so far, the starting capital
/// included.
struct Drawdown {
  double deepest = 0;            ///< min_t (equity_t / peak_t - 1): 0 or negative, a fraction
  std::size_t deepest_bars = 0;  ///< bars below the peak around the deepest one, until recovery or the end
  std::size_t longest_bars = 0;  ///< the longest run of bars below a peak, which may be another one
  bool recovered = true;         ///< the deepest one ended before the series did
};
Drawdown maximum_drawdown(std::span<const double> returns);

/// Turnover a year, in times of the net worth: bars_a_year / n * sum |traded_t| / net_worth_t. Purchases
/// and sales both count: in and out once is 2. Nothing for no bars.
///
/// - `traded` [n]: value traded in each bar, any sign, in the currency of `net_worth` [n], which is > 0.
std::optional<double> turnover(std::span<const double> traded, std::span<const double> net_worth,
                               double bars_a_year);

/// What was at risk: the size of the position at each bar's close, as a part of the net worth.
struct Exposure {
  double mean = 0;            ///< 1/n sum |position_t| / net_worth_t: 1 is all of the account, all the time
  double time_in_market = 0;  ///< share of bars that closed with a position
};
/// - `position` [n]: value of what is held, in the currency of `net_worth` [n], which is > 0.
/// Nothing for no bars.
std::optional<Exposure> exposure(std::span<const double> position, std::span<const double> net_worth);

}  // namespace ctt::evaluation
