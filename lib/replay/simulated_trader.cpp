#include "replay/simulated_trader.h"

namespace ctt::replay {

namespace {

trader::DecisionLoop::Settings loop_settings(const SimulatedTrader::Settings& settings) {
  return {.contract = settings.contract, .schedule_id = settings.schedule_id, .session_id = "replay"};
}

// A halt for ever would compare traders by the day that they halted.
trader::RiskLimits no_limits() {
  trader::RiskLimits limits;
  limits.max_drawdown_fraction = 0;
  return limits;
}

environment::Account account_of(const environment::Account::Books& books, const market::Costs& costs) {
  environment::Account account(books.cash, costs);
  account.restate(books, books.entry_price);
  return account;
}

}  // namespace

SimulatedTrader::SimulatedTrader(const Settings& settings, std::shared_ptr<const trader::ServedPolicy> first,
                                 const environment::Account::Books& books, AccountHistory& history,
                                 std::vector<ReplayFill>& fills)
    : timeframe_(settings.contract.timeframe),
      fill_(settings.fill),
      costs_(settings.costs),
      clock_(base::Instant()),
      policies_(std::move(first)),
      broker_(account_of(books, settings.costs), settings.fill),
      risk_(no_limits()),
      loop_(loop_settings(settings), policies_, broker_, risk_, journal_, clock_),
      history_(history),
      fills_(fills) {}

bool SimulatedTrader::serve(std::shared_ptr<const trader::ServedPolicy> next) {
  return policies_.replace(std::move(next)) == trader::Swap::done;
}

std::optional<store::LiveDecision> SimulatedTrader::take(const market::Candle& bar, bool last) {
  clock_.set(bar.open_time + timeframe_.duration());
  const auto result = loop_.take({bar, timeframe_, last});
  if (!result.refused) record(bar, result.equity);
  return result.decision;
}

void SimulatedTrader::pass_unseen(const market::Candle& bar) { broker_.bar_arrived(bar); }

void SimulatedTrader::complete(ReplayFill& fill, const market::Candle& bar) const {
  const auto& decided_on = fill_ == environment::Fill::next_open ? newest_ : bar;
  fill.decided_at = decided_on.open_time;
  fill.decision_close = decided_on.close;
  fill.filled_at = bar.open_time;
  fill.spread = market::spread_paid(fill.trade, costs_);
}

void SimulatedTrader::record(const market::Candle& bar, double equity) {
  double traded = 0;
  double costs = 0;
  for (auto& fill : journal_.take()) {
    complete(fill, bar);
    traded += fill.trade.price * fill.trade.quantity;
    costs += fill.trade.commission + fill.spread;
    fills_.push_back(fill);
  }
  newest_ = bar;
  history_.times.push_back(bar.open_time);
  history_.equity.push_back(equity);
  history_.position_value.push_back(broker_.account().quantity() * bar.close);
  history_.traded.push_back(traded);
  history_.costs.push_back(costs);
}

}  // namespace ctt::replay
