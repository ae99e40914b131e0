#include "evaluation/backtest.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/error.h"

namespace ctt::evaluation {

namespace {

using environment::Side;

double max_drawdown_pct(const std::vector<double>& equity) {
  double peak = equity.front();
  double deepest = 0;
  for (const double worth : equity) {
    peak = std::max(peak, worth);
    deepest = std::max(deepest, 1 - worth / peak);
  }
  return 100 * deepest;
}

double sharpe_ratio(const std::vector<double>& equity) {
  double sum = 0;
  double squares = 0;
  const auto n = static_cast<double>(equity.size() - 1);
  for (std::size_t i = 1; i < equity.size(); ++i) {
    const double r = equity[i] / equity[i - 1] - 1;
    sum += r;
    squares += r * r;
  }
  const double mean = sum / n;
  const double variance = squares / n - mean * mean;
  return variance > 0 ? mean / std::sqrt(variance) : 0;
}

// The row whose close the first decision is made on: the one before `first`, or the first whose
// window is full.
std::size_t start_row(const environment::MarketData& data, std::size_t window, base::Seconds first) {
  const auto at = std::ranges::lower_bound(data.candles, first, {}, &market::Candle::open_time);
  const auto row = static_cast<std::size_t>(at - data.candles.begin());
  const std::size_t earliest = data.first_row + window - 1;
  const std::size_t start = std::max(row == 0 ? 0 : row - 1, earliest);
  if (start + 1 >= data.rows()) {
    throw base::Error(
        base::Failure::data_blocked,
        fmt::format(
            "no bar is left to trade on from {} after {} warm-up and window rows; take a longer range",
            base::to_rfc3339(first), earliest + 1));
  }
  return start;
}

void count_action(BacktestReport& report, int action) {
  if (action == 0) ++report.holds;
  if (action == 1) ++report.buys;
  if (action >= 2) ++report.sells;
}

}  // namespace

environment::EpisodeSettings settings_of(const policy::Contract& contract, double initial_cash) {
  environment::EpisodeSettings settings;
  settings.action_scheme =
      environment::ActionSchemeSpec::parse(contract.action_scheme, contract.action_parameters);
  settings.reward_scheme = environment::RewardSchemeSpec::parse("SimpleProfit");
  settings.fill = environment::parse_fill(contract.fill);
  settings.costs = contract.costs;
  settings.initial_cash = initial_cash;
  settings.window_size = contract.window_size;
  settings.account_columns = contract.account_columns;
  settings.max_allowed_loss = 1;
  return settings;
}

BacktestReport backtest(const policy::Policy& policy,
                        const std::shared_ptr<const environment::MarketData>& data,
                        const BacktestOptions& options) {
  auto settings = settings_of(policy.contract(), options.initial_cash);
  settings.costs = options.costs.value_or(settings.costs).times(options.cost_multiple);
  const std::size_t start = start_row(*data, settings.window_size, options.first);
  environment::Episode episode(data, settings, start);

  BacktestReport report;
  report.first = data->candles[start + 1].open_time;
  report.initial_cash = settings.initial_cash;
  report.costs = settings.costs;
  report.equity.reserve(data->rows() - start);
  report.equity.push_back(settings.initial_cash);
  std::vector<float> observation(policy.contract().network.inputs);
  policy::Policy::Scratch scratch;
  while (!episode.done()) {
    const std::size_t row = episode.row();
    episode.observe(observation);
    const auto decision = policy.decide(observation, scratch);
    report.finite &= decision.finite;
    const int action = decision.finite ? decision.action : 0;
    count_action(report, action);
    const auto step = episode.step(action);
    report.equity.push_back(step.net_worth);
    if (step.trade.side == Side::none) continue;
    report.fees += step.trade.commission;
    report.spread_paid += market::spread_paid(step.trade, settings.costs);
    report.fills.push_back({data->candles[row].open_time, step.trade});
  }
  report.bars = report.equity.size() - 1;
  report.last = data->candles[start + report.bars].open_time;
  report.trades = report.fills.size();
  report.net_worth = report.equity.back();
  report.pnl = report.net_worth - report.initial_cash;
  report.pnl_pct = 100 * report.pnl / report.initial_cash;
  const double bought_at =
      settings.fill == environment::Fill::close ? data->candles[start].close : data->candles[start + 1].open;
  const auto& costs = settings.costs;
  report.hold_pct = 100 * ((1 - costs.commission) * data->candles[start + report.bars].close /
                               (bought_at * (1 + costs.half_spread)) -
                           1);
  report.max_drawdown_pct = max_drawdown_pct(report.equity);
  report.sharpe = sharpe_ratio(report.equity);
  return report;
}

}  // namespace ctt::evaluation
