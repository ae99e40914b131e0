#include "replay/serving.h"

namespace ctt::replay {

namespace {

constexpr std::int64_t kBaseVersion = 1;

SimulatedTrader::Settings settings_of(const LineageTask& task, const policy::Policy& base) {
  const auto& environment = task.tuning.pack.environment;
  return {.contract = base.contract(),
          .schedule_id = task.tuning.origin.schedule_id,
          .costs = environment.costs,
          .fill = environment.fill};
}

}  // namespace

Serving::Serving(const LineageTask& task, const MarketHistory& history,
                 const std::shared_ptr<const policy::Policy>& base, AccountHistory& account,
                 std::vector<ReplayFill>& fills)
    : bars_(history.bars(task.first, task.last)),
      timeframe_(task.tuning.config.timeframe),
      trader_(settings_of(task, *base), std::make_shared<trader::ServedPolicy>(base, kBaseVersion),
              {task.cash, 0, 0, {}}, account, fills),
      version_(kBaseVersion) {
  trader_.warm_up(history.before(task.first, trader_.history_rows()));
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
    if (trader_.serve(std::make_shared<trader::ServedPolicy>(next_->policy, ++version_))) ++swaps_;
    next_.reset();
  }
  trader_.take(bar, ++taken_ == bars_.size());
}

}  // namespace ctt::replay
