#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ctt::evaluation {

/// How often the strategy that looks best on one half of the bars is no better than the median on the other.
struct Overfitting {
  double probability = 0;      ///< PBO: share of choices with a logit <= 0; 0.5 when picking the best is luck
  double median_logit = 0;     ///< above 0: the pick usually stays in the better half
  double loss_share = 0;       ///< of choices whose pick has a negative Sharpe ratio out of sample
  std::vector<double> logits;  ///< [C(S, S/2)], one a choice, in no order that matters
  std::vector<std::size_t> best_counts;  ///< [strategies]: choices in which each was picked
};

/// The probability of backtest overfitting by combinatorially symmetric cross-validation.
///
/// - `returns` [strategies][bars]: net returns of all that was tried, the failures too, in the same bars. At
///   least two strategies.
/// - `blocks`: S, even, 2 to 24: the bars are cut into S equal blocks in order. The oldest n mod S bars are
///   left out.
///
/// Each of the C(S, S/2) choices of half the blocks is the sample on which the strategy with the highest
/// Sharpe ratio (n - 1; the first of equals) is picked, and the other half shows its rank r among the N
/// strategies, 1 = worst, the mean rank among equals. w = r / (N + 1); the logit is ln(w / (1 - w)).
/// Returns that are all equal have the ratio 0 where they are 0, else an infinite one.
///
/// S = 16 has 12,870 choices; takes O(C(S, S/2) * S * N) steps. Throws std::invalid_argument on shapes
/// other than these, fewer than 4 bars or S bars, or a value that is not finite.
///
/// Source: Bailey, Borwein, Lopez de Prado & Zhu 2017, "The Probability of Backtest Overfitting",
/// J. Computational Finance 20(4), 39-69, section 3.
Overfitting overfitting(std::span<const std::vector<double>> returns, std::size_t blocks = 16);

}  // namespace ctt::evaluation
