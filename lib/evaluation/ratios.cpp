#include "evaluation/ratios.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

#include "evaluation/finite.h"
#include "evaluation/moments.h"

namespace ctt::evaluation {

namespace {

void require_returns(std::span<const double> returns) {
  require_finite("returns", returns);
  const auto below = std::ranges::find_if(returns, [](double r) { return r < -1; });
  if (below == returns.end()) return;
  throw std::invalid_argument(
      fmt::format("returns[{}] is {}, which loses more than all; a return is a fraction of "
                  "the account before the bar",
                  below - returns.begin(), *below));
}

void require_bars_a_year(double bars_a_year) {
  if (std::isfinite(bars_a_year) && bars_a_year > 0) return;
  throw std::invalid_argument(
      fmt::format("bars_a_year is {}; give the number of the timeframe's bars in a year", bars_a_year));
}

void require_net_worth(std::string_view name, std::span<const double> values,
                       std::span<const double> net_worth) {
  require_finite(name, values);
  require_finite("net_worth", net_worth);
  if (values.size() != net_worth.size()) {
    throw std::invalid_argument(fmt::format("{} has {} values and net_worth {}; both need one a bar", name,
                                            values.size(), net_worth.size()));
  }
  const auto gone = std::ranges::find_if(net_worth, [](double worth) { return worth <= 0; });
  if (gone == net_worth.end()) return;
  throw std::invalid_argument(
      fmt::format("net_worth[{}] is {}; leave out the bars after the account was empty",
                  gone - net_worth.begin(), *gone));
}

double sum_of_shares(std::span<const double> values, std::span<const double> net_worth) {
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) sum += std::abs(values[i]) / net_worth[i];
  return sum;
}

}  // namespace

std::optional<double> sharpe_ratio(std::span<const double> returns, double bars_a_year) {
  require_returns(returns);
  require_bars_a_year(bars_a_year);
  const auto of = sample_moments(returns);
  if (!of) return {};
  return of->mean / of->deviation * std::sqrt(bars_a_year);
}

std::optional<double> sortino_ratio(std::span<const double> returns, double bars_a_year) {
  require_returns(returns);
  require_bars_a_year(bars_a_year);
  double squares = 0;
  for (const double r : returns) squares += r < 0 ? r * r : 0;
  if (squares == 0) return {};
  return mean(returns) / std::sqrt(squares / static_cast<double>(returns.size())) * std::sqrt(bars_a_year);
}

std::optional<double> annual_return(std::span<const double> returns, double bars_a_year) {
  require_returns(returns);
  require_bars_a_year(bars_a_year);
  if (returns.empty()) return {};
  double growth = 0;  // a logarithm: a product of a million factors may leave the range of a double
  for (const double r : returns) growth += std::log1p(r);
  return std::expm1(growth * bars_a_year / static_cast<double>(returns.size()));
}

std::optional<double> calmar_ratio(std::span<const double> returns, double bars_a_year) {
  const auto growth = annual_return(returns, bars_a_year);
  const double deepest = maximum_drawdown(returns).deepest;
  if (!growth || deepest == 0) return {};
  return *growth / -deepest;
}

Drawdown maximum_drawdown(std::span<const double> returns) {
  require_returns(returns);
  Drawdown out;
  double below = 0;      // log(equity / peak)
  double deepest = 0;    // the lowest of these
  std::size_t bars = 0;  // since the peak
  bool deepest_is_open = false;
  for (const double r : returns) {
    below = std::min(0.0, below + std::log1p(r));
    // A loss that was made good to the last digit but one is made good.
    if (below > -1e-14) below = 0;
    if (below == 0) {
      bars = 0;
      deepest_is_open = false;
      continue;
    }
    ++bars;
    if (below < deepest) {
      deepest = below;
      deepest_is_open = true;
    }
    out.longest_bars = std::max(out.longest_bars, bars);
    if (deepest_is_open) out.deepest_bars = bars;
  }
  out.deepest = std::expm1(deepest);
  out.recovered = !deepest_is_open;
  return out;
}

std::optional<double> turnover(std::span<const double> traded, std::span<const double> net_worth,
                               double bars_a_year) {
  require_net_worth("traded", traded, net_worth);
  require_bars_a_year(bars_a_year);
  if (traded.empty()) return {};
  return sum_of_shares(traded, net_worth) * bars_a_year / static_cast<double>(traded.size());
}

std::optional<Exposure> exposure(std::span<const double> position, std::span<const double> net_worth) {
  require_net_worth("position", position, net_worth);
  if (position.empty()) return {};
  const auto n = static_cast<double>(position.size());
  const auto flat = static_cast<double>(std::ranges::count(position, 0.0));
  return Exposure{.mean = sum_of_shares(position, net_worth) / n, .time_in_market = 1 - flat / n};
}

}  // namespace ctt::evaluation
