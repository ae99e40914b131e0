#include "replay/serving.h"

namespace ctt::replay {

namespace {

trader::DecisionLoop::Settings settings_of(const LineageTask& task, const policy::Policy& base) {
  return {.contract = base.contract(), .schedule_id = task.tuning.origin.schedule_id, .session_id = "replay"};
}

constexpr std::int64_t kBaseVersion = 1;

trader::RiskLimits no_limits() {
  trader::RiskLimits limits;
  limits.max_drawdown_fraction = 0;
  return limits;
}

}  // namespace

Serving::Serving(const LineageTask& task, const MarketHistory& history,
                 const std::shared_ptr<const policy::Policy>& base, AccountHistory& account,
                 std::vector<ReplayFill>& fills)
    : bars_(history.bars(task.first, task.last)),
      timeframe_(task.tuning.config.timeframe),
      fill_(task.tuning.pack.environment.fill),
      costs_(task.tuning.pack.environment.costs),
      account_(account),
      fills_(fills),
      clock_(task.first),
      policies_(std::make_shared<trader::ServedPolicy>(base, kBaseVersion)),
      broker_(task.cash, costs_, fill_),
      risk_(no_limits()),
      loop_(settings_of(task, *base), policies_, broker_, risk_, journal_, clock_),
      version_(kBaseVersion) {
  loop_.warm_up(history.before(task.first, loop_.history_rows()));
}

void Serving::serve_from(std::shared_ptr<const policy::Policy> candidate, base::Instant from) {
  next_ = Next{std::move(candidate), from};
}

void Serving::run_until(base::Instant instant) {
  while (taken_ < bars_.size() && bars_[taken_].open_time + timeframe_.duration() <= instant)
    take(bars_[taken_]);
}

void Serving::run_to_end() {
  while (taken_ < bars_.size()) take(bars_[taken_]);
}

void Serving::take(const market::Candle& bar) {
  const base::Instant closes = bar.open_time + timeframe_.duration();
  if (next_ && next_->from <= closes) {
    if (policies_.replace(std::make_shared<trader::ServedPolicy>(next_->policy, ++version_)) ==
        trader::Swap::done)
      ++swaps_;
    next_.reset();
  }
  clock_.set(closes);
  const auto result = loop_.take({bar, timeframe_, ++taken_ == bars_.size()});
  if (!result.refused) record(bar, result.equity);
}

void Serving::complete(ReplayFill& fill, const market::Candle& bar) const {
  const auto& decided_on = fill_ == environment::Fill::next_open ? newest_ : bar;
  fill.decided_at = decided_on.open_time;
  fill.decision_close = decided_on.close;
  fill.filled_at = bar.open_time;
  fill.spread = market::spread_paid(fill.trade, costs_);
}

void Serving::record(const market::Candle& bar, double equity) {
  double traded = 0;
  double costs = 0;
  for (auto& fill : journal_.take()) {
    complete(fill, bar);
    traded += fill.trade.price * fill.trade.quantity;
    costs += fill.trade.commission + fill.spread;
    fills_.push_back(fill);
  }
  newest_ = bar;
  account_.times.push_back(bar.open_time);
  account_.equity.push_back(equity);
  account_.position_value.push_back(broker_.account().quantity() * bar.close);
  account_.traded.push_back(traded);
  account_.costs.push_back(costs);
}

}  // namespace ctt::replay
