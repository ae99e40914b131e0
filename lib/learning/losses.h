#pragma once

#include <cstdint>
#include <span>

#include "training/pack.h"

namespace ctt::learning {

/// The parts of PPO's loss over one minibatch, each a mean over its rows.
struct Losses {
  double policy = 0;         ///< -min(A r, A clip(r, 1 +- clip_param))
  double value = 0;          ///< min((v - target)^2, vf_clip_param)
  double entropy = 0;        ///< of the new policy
  double kl = 0;             ///< KL(old, new) over all actions
  double total = 0;          ///< policy + vf_loss_coeff value - entropy_coeff entropy + kl_coeff kl
  double gradient_norm = 0;  ///< before grad_clip

  bool finite() const;
  /// Adds every part of `x`, `weight` times.
  void add(const Losses& x, double weight);
};

/// What PPO's loss of one row is made of.
struct LossRow {
  std::span<const float> logits;      ///< [actions], of the policy that learns
  std::span<const float> old_logits;  ///< [actions], of the policy that acted
  int taken = 0;
  float advantage = 0;
  float value = 0;
  float target = 0;
};

/// PPO's loss row by row, with its gradient worked out by hand.
///
/// With p the new and q the old probabilities, a the action taken and r = p_a/q_a:
/// - d(-A r)/d logit_j = -A r (1[j = a] - p_j) where the ratio still pulls, that is within
///   1 +- clip_param or where clipping would flatter; 0 elsewhere;
/// - d(-H)/d logit_j = p_j (ln p_j + H);  d KL/d logit_j = p_j - q_j;
/// - d min((v - t)^2, clip)/dv = 2 (v - t) up to the clip and 0 beyond it.
///
/// Source of the loss: Schulman et al. 2017, arXiv:1707.06347, eq. 7 and 8, as RLlib puts it together.
class PpoLoss {
 public:
  static constexpr std::size_t kMaxActions = 16;

  PpoLoss(const training::Ppo& settings, double kl_coeff) : ppo_(settings), kl_coeff_(kl_coeff) {}

  /// Adds the row's losses to `sums`, and writes their gradient times `weight` (1 over the minibatch's
  /// size) by the logits [actions] and by the value.
  void add(const LossRow& row, float weight, std::span<float> logit_gradient, float& value_gradient,
           Losses& sums) const;

 private:
  training::Ppo ppo_;
  double kl_coeff_;
};

}  // namespace ctt::learning
