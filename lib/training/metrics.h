#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ctt::training {

/// Numbers of one iteration, as the learner prints them (one JSON object a line on standard output,
/// `{"type":"iteration",...}`) and the store keeps them. The means of episodes go over the last
/// hundred that ended; they are NaN (null in JSON) while none has. All of them are in-sample.
struct IterationMetrics {
  std::size_t iteration = 0;  ///< 1 ..
  std::size_t total_iterations = 0;
  double episode_return_mean = 0;
  double pnl_mean = 0, pnl_pct_mean = 0, net_worth_mean = 0;
  double trade_count_mean = 0, buy_count_mean = 0, sell_count_mean = 0, hold_count_mean = 0;
  double hold_ratio_mean = 0, trade_ratio_mean = 0, pnl_per_trade_mean = 0;
  double buy_sell_imbalance_mean = 0;  ///< (buys - sells)/(buys + sells)
  double kl = 0, entropy = 0, policy_loss = 0, vf_loss = 0, total_loss = 0;
  double kl_coeff = 0, lr = 0;
  double steps_per_s = 0, collect_s = 0, update_s = 0;

  std::string json() const;
  /// Throws Error(usage): a line of another kind, a missing or an unknown key.
  static IterationMetrics parse(std::string_view json);
};

}  // namespace ctt::training
