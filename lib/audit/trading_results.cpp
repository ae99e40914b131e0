#include "audit/trading_results.h"

#include <algorithm>

#include "evaluation/ratios.h"
#include "replay/curves.h"

namespace ctt::audit {

namespace {

replay::AccountHistory account_of(std::span<const store::LiveDecision> decisions) {
  replay::AccountHistory account;
  for (const auto& decision : decisions) {
    account.times.push_back(decision.bar_open_time);
    account.equity.push_back(decision.equity);
  }
  return account;
}

replay::ReplayFill fill_of(const store::LiveTrade& trade) {
  const double value = trade.price * trade.size;
  const bool bought = trade.side == store::Side::buy;
  return {.filled_at = std::chrono::floor<std::chrono::seconds>(trade.timestamp),
          .trade = {.side = trade.side,
                    .price = trade.price,
                    .quantity = trade.size,
                    .cash = bought ? value + trade.commission : value - trade.commission,
                    .commission = trade.commission},
          .model_version = trade.model_version.value_or(0)};
}

std::vector<PeriodResult> periods(replay::Period period, const replay::AccountHistory& account) {
  std::vector<PeriodResult> results;
  for (const auto& [name, growth] : replay::growth_by(period, account))
    results.push_back({name, 100 * (growth - 1)});
  return results;
}

// The change from one bar to the next is of the model that decided on the first of them.
std::vector<ServedResult> served(std::span<const store::LiveDecision> decisions,
                                 std::span<const store::LiveTrade> trades,
                                 const std::map<std::int64_t, base::Seconds>& seen_until) {
  std::vector<ServedResult> models;
  std::map<std::int64_t, std::size_t> place;
  std::map<std::int64_t, double> growth;
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    const auto& decision = decisions[i];
    const auto [at, first] = place.try_emplace(decision.model_version, models.size());
    if (first) models.push_back({.model_version = decision.model_version, .first = decision.bar_open_time});
    auto& model = models[at->second];
    model.last = decision.bar_open_time;
    ++model.bars;
    const auto seen = seen_until.find(decision.model_version);
    if (seen != seen_until.end() && decision.bar_open_time <= seen->second) ++model.in_sample_bars;
    if (i + 1 < decisions.size() && decision.equity > 0)
      growth.try_emplace(decision.model_version, 1.0).first->second *=
          decisions[i + 1].equity / decision.equity;
  }
  for (auto& model : models) {
    if (const auto factor = growth.find(model.model_version); factor != growth.end())
      model.return_pct = 100 * (factor->second - 1);
    model.fills = static_cast<std::size_t>(
        std::ranges::count(trades, std::optional(model.model_version), &store::LiveTrade::model_version));
  }
  return models;
}

}  // namespace

TradingResults trading_results(std::span<const store::LiveDecision> decisions,
                               std::span<const store::LiveTrade> trades,
                               const std::map<std::int64_t, base::Seconds>& seen_until) {
  TradingResults results;
  std::vector<replay::ReplayFill> fills;
  for (const auto& trade : trades) {
    fills.push_back(fill_of(trade));
    results.commission += trade.commission;
    results.slippage += trade.slippage_bp.value_or(0) * 1e-4 * trade.price * trade.size;
  }
  results.round_trips = replay::all_round_trips(fills);
  const auto& closed = results.round_trips.closed;
  if (!closed.empty()) {
    const auto won = std::ranges::count_if(closed, [](const auto& trip) { return trip.return_fraction > 0; });
    results.win_rate = static_cast<double>(won) / static_cast<double>(closed.size());
  }
  if (decisions.empty()) return results;
  const auto account = account_of(decisions);
  results.days = periods(replay::Period::day, account);
  results.months = periods(replay::Period::month, account);
  results.models = served(decisions, trades, seen_until);
  for (const auto& model : results.models) results.in_sample_bars += model.in_sample_bars;
  if (account.equity.front() > 0)
    results.return_pct = 100 * (account.equity.back() / account.equity.front() - 1);
  if (decisions.front().price > 0)
    results.hold_pct = 100 * (decisions.back().price / decisions.front().price - 1);
  if (decisions.size() > 1)
    results.max_drawdown_pct = 100 * evaluation::maximum_drawdown(replay::returns_of(account)).deepest;
  return results;
}

}  // namespace ctt::audit
