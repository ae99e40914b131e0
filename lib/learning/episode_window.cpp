#include "learning/episode_window.h"

#include <limits>

namespace ctt::learning {

namespace {

using environment::EpisodeStats;

// a/b, or 0 where there is nothing to divide by.
double ratio(double a, double b) { return b == 0 ? 0 : a / b; }

}  // namespace

void EpisodeWindow::add(const std::vector<EpisodeStats>& finished) {
  latest_.insert(latest_.end(), finished.begin(), finished.end());
  while (latest_.size() > size_) latest_.pop_front();
}

void EpisodeWindow::describe(training::IterationMetrics& metrics) const {
  const auto mean = [this](auto number) {
    if (latest_.empty()) return std::numeric_limits<double>::quiet_NaN();
    double sum = 0;
    for (const auto& episode : latest_) sum += static_cast<double>(number(episode));
    return sum / static_cast<double>(latest_.size());
  };
  const auto count = [](std::size_t n) { return static_cast<double>(n); };
  metrics.episode_return_mean = mean([](const EpisodeStats& e) { return e.reward_sum; });
  metrics.pnl_mean = mean([](const EpisodeStats& e) { return e.pnl; });
  metrics.pnl_pct_mean = mean([this](const EpisodeStats& e) { return 100 * e.pnl / initial_cash_; });
  metrics.net_worth_mean = mean([](const EpisodeStats& e) { return e.net_worth; });
  metrics.trade_count_mean = mean([](const EpisodeStats& e) { return e.trades; });
  metrics.buy_count_mean = mean([](const EpisodeStats& e) { return e.buys; });
  metrics.sell_count_mean = mean([](const EpisodeStats& e) { return e.sells; });
  metrics.hold_count_mean = mean([](const EpisodeStats& e) { return e.holds; });
  metrics.hold_ratio_mean =
      mean([&](const EpisodeStats& e) { return ratio(count(e.holds), count(e.steps)); });
  metrics.trade_ratio_mean =
      mean([&](const EpisodeStats& e) { return ratio(count(e.trades), count(e.steps)); });
  metrics.pnl_per_trade_mean = mean([&](const EpisodeStats& e) { return ratio(e.pnl, count(e.trades)); });
  metrics.buy_sell_imbalance_mean = mean([&](const EpisodeStats& e) {
    return ratio(count(e.buys) - count(e.sells), count(e.buys) + count(e.sells));
  });
}

}  // namespace ctt::learning
