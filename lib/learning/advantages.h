#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ctt::learning {

struct Discount {
  double gamma = 0.99;   ///< of a reward one step later
  double lambda = 0.95;  ///< between one-step estimates (0) and whole returns (1)
};

/// Generalized advantage estimates of T successive steps of one environment.
///
/// - `rewards` [T].
/// - `values` [T]: the critic's estimate of the state each step started in.
/// - `next_values` [T]: of the state each step led to: the next step's value; where an episode was
///   truncated, the value of its last observation; where it terminated, 0.
/// - `ended` [T]: 1 where no credit flows back across the step's end, because the episode (or the
///   fragment of the rollout) ended with it.
/// - returns [T], in the rewards' unit, not standardised. Advantage + value is the critic's target.
///
/// Throws std::invalid_argument when the sizes disagree.
/// Source: Schulman et al. 2016, arXiv:1506.02438, eq. 16.
std::vector<float> advantages(std::span<const float> rewards, std::span<const float> values,
                              std::span<const float> next_values, std::span<const std::uint8_t> ended,
                              Discount discount);

/// (x - mean)/max(1e-4, std) with the population's standard deviation, as RLlib does to a batch.
void standardise(std::span<float> values);

}  // namespace ctt::learning
