#include "learning/losses.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ctt::learning {

namespace {

using Numbers = std::array<double, PpoLoss::kMaxActions>;

// log p of softmax(logits), and p.
void log_softmax(std::span<const float> logits, Numbers& log_p, Numbers& p) {
  const double highest = *std::ranges::max_element(logits);
  double total = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) total += p[i] = std::exp(logits[i] - highest);
  const double log_total = std::log(total);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    log_p[i] = logits[i] - highest - log_total;
    p[i] /= total;
  }
}

}  // namespace

bool Losses::finite() const {
  return std::isfinite(policy) && std::isfinite(value) && std::isfinite(entropy) && std::isfinite(kl) &&
         std::isfinite(total) && std::isfinite(gradient_norm);
}

void Losses::add(const Losses& x, double weight) {
  policy += weight * x.policy;
  value += weight * x.value;
  entropy += weight * x.entropy;
  kl += weight * x.kl;
  total += weight * x.total;
  gradient_norm += weight * x.gradient_norm;
}

void PpoLoss::add(const LossRow& row, float weight, std::span<float> logit_gradient, float& value_gradient,
                  Losses& sums) const {
  const std::size_t actions = row.logits.size();
  const auto taken = static_cast<std::size_t>(row.taken);
  Numbers log_p, p, log_q, q;
  log_softmax(row.logits, log_p, p);
  log_softmax(row.old_logits, log_q, q);
  const double ratio = std::exp(log_p[taken] - log_q[taken]);
  const double clipped = std::clamp(ratio, 1 - ppo_.clip_param, 1 + ppo_.clip_param);
  const double gain = row.advantage * ratio;
  const double clipped_gain = row.advantage * clipped;
  double entropy = 0, kl = 0;
  for (std::size_t i = 0; i < actions; ++i) {
    entropy -= p[i] * log_p[i];
    kl += q[i] * (log_q[i] - log_p[i]);
  }
  const double pull = ratio == clipped || gain < clipped_gain ? -gain : 0;
  for (std::size_t i = 0; i < actions; ++i) {
    const double by_policy = pull * ((i == taken ? 1 : 0) - p[i]);
    const double by_entropy = ppo_.entropy_coeff * p[i] * (log_p[i] + entropy);
    const double by_kl = kl_coeff_ * (p[i] - q[i]);
    logit_gradient[i] = weight * static_cast<float>(by_policy + by_entropy + by_kl);
  }
  const double error = static_cast<double>(row.value) - row.target;
  const double by_value = error * error <= ppo_.vf_clip_param ? 2 * error * ppo_.vf_loss_coeff : 0;
  value_gradient = weight * static_cast<float>(by_value);

  // Written so that a number that is not one is kept rather than clipped away.
  Losses losses;
  losses.policy = gain < clipped_gain ? -gain : -clipped_gain;
  losses.value = error * error > ppo_.vf_clip_param ? ppo_.vf_clip_param : error * error;
  losses.entropy = entropy;
  losses.kl = kl;
  losses.total =
      losses.policy + ppo_.vf_loss_coeff * losses.value - ppo_.entropy_coeff * entropy + kl_coeff_ * kl;
  sums.add(losses, 1);
}

}  // namespace ctt::learning
