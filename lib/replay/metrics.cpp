#include "replay/metrics.h"

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "evaluation/ratios.h"

namespace ctt::replay {

namespace {

using std::chrono::days;
using std::chrono::duration;

double days_in(std::size_t bars, const market::Timeframe& timeframe) {
  return static_cast<double>(bars) * (duration<double>(timeframe.duration()) / duration<double>(days(1)));
}

std::optional<double> in_pct(std::optional<double> fraction) {
  return fraction ? std::optional(100 * *fraction) : std::nullopt;
}

// The same trades, with what they cost put back into the return of their bar.
double cost_free_return(const AccountHistory& account) {
  double growth = 1;
  for (std::size_t i = 1; i < account.equity.size(); ++i)
    growth *= (account.equity[i] + account.costs[i]) / account.equity[i - 1];
  return growth - 1;
}

void add_returns(ArmMetrics& metrics, const AccountHistory& account, const market::Timeframe& timeframe) {
  const auto returns = returns_of(account);
  const double a_year = bars_a_year(timeframe);
  if (returns.empty()) return;
  metrics.net_return_pct = 100 * (account.equity.back() / account.equity.front() - 1);
  metrics.annual_return_pct = in_pct(evaluation::annual_return(returns, a_year));
  metrics.sharpe = evaluation::sharpe_ratio(returns, a_year);
  metrics.sortino = evaluation::sortino_ratio(returns, a_year);
  metrics.calmar = evaluation::calmar_ratio(returns, a_year);
  const auto drawdown = evaluation::maximum_drawdown(returns);
  metrics.max_drawdown_pct = 100 * drawdown.deepest;
  metrics.max_drawdown_days = days_in(drawdown.deepest_bars, timeframe);
  metrics.turnover_a_year = evaluation::turnover(account.traded, account.equity, a_year);
  if (const auto exposure = evaluation::exposure(account.position_value, account.equity)) {
    metrics.exposure_pct = 100 * exposure->mean;
    metrics.time_in_market_pct = 100 * exposure->time_in_market;
  }
  metrics.cost_free_return_pct = 100 * cost_free_return(account);
}

void add_trades(ArmMetrics& metrics, const LineageRun& lineage, const market::Timeframe& timeframe) {
  const auto& fills = lineage.fills;
  metrics.trades = static_cast<double>(fills.size());
  const double in_days = days_in(lineage.account.equity.size(), timeframe);
  if (in_days > 0) metrics.trades_a_day = metrics.trades / in_days;
  for (const auto& fill : fills) {
    const double sign = fill.trade.side == market::Side::buy ? 1 : -1;
    const double value = fill.trade.price * fill.trade.quantity;
    metrics.fees += fill.trade.commission;
    metrics.spread += fill.spread;
    metrics.slippage += sign * (value - fill.decision_close * fill.trade.quantity) - fill.spread;
  }
  const auto trips = round_trips(fills);
  if (trips.empty()) return;
  const auto n = static_cast<double>(trips.size());
  double sum = 0;
  for (const auto& trip : trips) sum += trip.return_fraction;
  metrics.profit_per_trade_pct = 100 * sum / n;
  const auto won =
      std::ranges::count_if(trips, [](const RoundTrip& trip) { return trip.return_fraction > 0; });
  metrics.hit_rate_pct = 100 * static_cast<double>(won) / n;
}

void add_slots(ArmMetrics& metrics, const LineageRun& lineage) {
  metrics.swaps = static_cast<double>(lineage.swaps);
  for (const auto& cycle : lineage.cycles) {
    switch (cycle.outcome) {
      case SlotOutcome::passed:
        ++metrics.passed;
        break;
      case SlotOutcome::rejected:
        ++metrics.rejected;
        break;
      case SlotOutcome::undecided:
        ++metrics.undecided;
        break;
      case SlotOutcome::skipped:
        ++metrics.skipped;
        break;
      case SlotOutcome::failed:
        ++metrics.failed;
        break;
    }
  }
}

// Calls `visit(key, number)` with each number of each of the given metrics: one list of them for all uses.
template <class Visit, class... Of>
void each_number(const Visit& visit, Of&... of) {
  visit("net_return_pct", of.net_return_pct...);
  visit("annual_return_pct", of.annual_return_pct...);
  visit("sharpe", of.sharpe...);
  visit("sortino", of.sortino...);
  visit("calmar", of.calmar...);
  visit("max_drawdown_pct", of.max_drawdown_pct...);
  visit("max_drawdown_days", of.max_drawdown_days...);
  visit("exposure_pct", of.exposure_pct...);
  visit("time_in_market_pct", of.time_in_market_pct...);
  visit("turnover_a_year", of.turnover_a_year...);
  visit("trades", of.trades...);
  visit("trades_a_day", of.trades_a_day...);
  visit("hit_rate_pct", of.hit_rate_pct...);
  visit("profit_per_trade_pct", of.profit_per_trade_pct...);
  visit("fees", of.fees...);
  visit("spread", of.spread...);
  visit("slippage", of.slippage...);
  visit("cost_free_return_pct", of.cost_free_return_pct...);
  visit("swaps", of.swaps...);
  visit("passed", of.passed...);
  visit("rejected", of.rejected...);
  visit("undecided", of.undecided...);
  visit("skipped", of.skipped...);
  visit("failed", of.failed...);
}

void add(std::vector<double>& values, const std::optional<double>& value) {
  if (value) values.push_back(*value);
}

}  // namespace

double bars_a_year(const market::Timeframe& timeframe) {
  return duration<double>(days(365)) / duration<double>(timeframe.duration());
}

std::vector<double> returns_of(const AccountHistory& account) {
  std::vector<double> returns;
  for (std::size_t i = 1; i < account.equity.size(); ++i)
    returns.push_back(account.equity[i] / account.equity[i - 1] - 1);
  return returns;
}

RoundTrips all_round_trips(const std::vector<ReplayFill>& fills) {
  constexpr double kDust = 1e-9;  // of what was bought
  RoundTrips trips;
  auto& open = trips.open;
  for (const auto& fill : fills) {
    const auto& trade = fill.trade;
    if (trade.side == market::Side::buy) {
      if (!open) open = RoundTrip{.entered_at = fill.filled_at, .entry_version = fill.model_version};
      open->paid += trade.cash;
      open->quantity += trade.quantity;
      open->bought_value += trade.price * trade.quantity;
      open->commission += trade.commission;
      continue;
    }
    if (!open) continue;  // what an account began with: it is not known what went into it
    open->received += trade.cash;
    open->sold += trade.quantity;
    open->sold_value += trade.price * trade.quantity;
    open->commission += trade.commission;
    open->left_at = fill.filled_at;
    open->exit_version = fill.model_version;
    if (open->quantity - open->sold > kDust * open->quantity) continue;
    open->return_fraction = open->received / open->paid - 1;
    trips.closed.push_back(*open);
    open.reset();
  }
  return trips;
}

std::vector<RoundTrip> round_trips(const std::vector<ReplayFill>& fills) {
  return all_round_trips(fills).closed;
}

ArmMetrics metrics_of(const LineageRun& lineage, const market::Timeframe& timeframe) {
  ArmMetrics metrics;
  add_returns(metrics, lineage.account, timeframe);
  add_trades(metrics, lineage, timeframe);
  add_slots(metrics, lineage);
  return metrics;
}

MetricsRange range_of(const std::vector<ArmMetrics>& seeds) {
  MetricsRange range;
  each_number(
      [&]<class Number>(const char* key, Number& median, Number& lowest, Number& highest) {
        std::vector<double> values;
        for (const auto& seed : seeds) {
          each_number(
              [&](const char* other, const auto& value) {
                if (std::string_view(key) == other) add(values, value);
              },
              seed);
        }
        if (values.empty()) return;
        std::ranges::sort(values);
        const auto middle = values.size() / 2;
        median = values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
        lowest = values.front();
        highest = values.back();
      },
      range.median, range.lowest, range.highest);
  return range;
}

std::string json_of(const ArmMetrics& metrics) {
  base::JsonWriter json;
  json.object();
  each_number([&](const char* key, const auto& value) { json.field(key, value); }, metrics);
  return json.end().text();
}

}  // namespace ctt::replay
