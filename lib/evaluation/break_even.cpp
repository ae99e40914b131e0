#include "evaluation/break_even.h"

#include <algorithm>

#include <fmt/format.h>

namespace ctt::evaluation {

namespace {

constexpr int kBisections = 12;
constexpr double kCostMax = 0.499;  // of either number: just within what an account takes
constexpr market::Costs kOneBasisPoint{.commission = 1e-4};  // the unit where the costs asked about are 0

double highest_multiple(const market::Costs& costs) {
  return kCostMax / std::max(costs.commission, costs.half_spread);
}

}  // namespace

BreakEven break_even(const policy::Policy& policy, const std::shared_ptr<const environment::MarketData>& data,
                     const BacktestOptions& options) {
  const auto asked = options.costs.value_or(policy.contract().costs);
  const bool free = asked.side() == 0;
  const auto unit = free ? kOneBasisPoint : asked;
  const auto at = [&](double multiple) {
    auto run = options;
    run.costs = unit;
    run.cost_multiple = multiple;
    return backtest(policy, data, run);
  };
  const auto without = at(0);
  if (without.trades == 0) return {.reason = "it never trades"};
  if (!(without.pnl > 0)) return {.reason = "it makes no profit even without costs"};

  const double most = highest_multiple(unit);
  double low = 0;
  double high = std::min(1.0, most);
  while (at(high).pnl >= 0) {
    if (high == most)
      return {.reason = fmt::format("it stays ahead of cash even at {:.0f} bp a side",
                                    1e4 * unit.times(most).side())};
    low = high;
    high = std::min(2 * high, most);
  }
  for (int i = 0; i < kBisections; ++i) {
    const double middle = (low + high) / 2;
    (at(middle).pnl >= 0 ? low : high) = middle;
  }
  BreakEven found;
  if (!free) found.multiple = low;
  found.side_bp = 1e4 * unit.times(low).side();
  return found;
}

}  // namespace ctt::evaluation
