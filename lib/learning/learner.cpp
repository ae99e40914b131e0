#include "learning/learner.h"

#include <chrono>
#include <cmath>
#include <numeric>

#include "learning/streams.h"

namespace ctt::learning {

namespace {

using Stopwatch = std::chrono::steady_clock;

double seconds_since(Stopwatch::time_point start) {
  return std::chrono::duration<double>(Stopwatch::now() - start).count();
}

bool finite(const std::vector<float>& values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

void shuffle(std::vector<std::uint32_t>& order, base::Random& random) {
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
}

}  // namespace

double adapted_kl_coeff(double kl_coeff, double kl, double kl_target, double floor) {
  if (kl > 2 * kl_target) return kl_coeff * 1.5;
  if (kl < 0.5 * kl_target) return std::max(kl_coeff * 0.5, std::min(kl_coeff, floor));
  return kl_coeff;
}

Learner::Learner(const training::Pack& pack, std::shared_ptr<const environment::MarketData> data,
                 std::uint64_t seed, double kl_coeff, Updater& updater, const policy::NetworkShape& shape,
                 base::Workers& workers)
    : ppo_(pack.ppo),
      environments_(std::move(data), pack.environment, pack.ppo.environments, seed),
      collector_(environments_, {pack.ppo.gamma, pack.ppo.lambda}, pack.ppo.fragment_steps, seed, workers),
      episodes_(pack.environment.initial_cash),
      updater_(updater),
      policy_(shape, updater.weights()),
      shuffle_(seed, kShuffleStream),
      kl_coeff_(kl_coeff) {}

Learner::Iteration Learner::iterate() {
  Iteration iteration;
  auto& metrics = iteration.metrics;
  const auto start = Stopwatch::now();
  collector_.collect(policy_, ppo_.steps_per_environment(), batch_);
  metrics.collect_s = seconds_since(start);
  episodes_.add(environments_.take_finished());
  episodes_.describe(metrics);

  const auto losses = improve(batch_);
  const auto weights = updater_.weights();
  metrics.kl = losses.kl;
  metrics.entropy = losses.entropy;
  metrics.policy_loss = losses.policy;
  metrics.vf_loss = losses.value;
  metrics.total_loss = losses.total;
  metrics.lr = updater_.learning_rate();
  metrics.kl_coeff = kl_coeff_;
  iteration.divergence = divergence(losses, weights);
  if (!iteration.divergence) {
    policy_.load(weights);
    kl_coeff_ = adapted_kl_coeff(kl_coeff_, losses.kl, ppo_.kl_target, ppo_.kl_coeff_min.value_or(0));
  }
  const double seconds = seconds_since(start);
  metrics.update_s = seconds - metrics.collect_s;
  metrics.steps_per_s = static_cast<double>(batch_.rows()) / seconds;
  return iteration;
}

Losses Learner::improve(const Batch& batch) {
  order_.resize(batch.rows());
  std::iota(order_.begin(), order_.end(), 0U);
  const auto passes = static_cast<double>(ppo_.num_sgd_iter);
  Losses mean;
  for (std::size_t pass = 0; pass < ppo_.num_sgd_iter; ++pass) {
    shuffle(order_, shuffle_);
    // Every row is used in every pass; the last minibatch may be smaller.
    for (std::size_t first = 0; first < batch.rows(); first += ppo_.sgd_minibatch_size) {
      const std::size_t size = std::min(ppo_.sgd_minibatch_size, batch.rows() - first);
      const auto losses = updater_.update(batch, std::span(order_).subspan(first, size), kl_coeff_);
      if (!losses.finite()) return losses;
      mean.add(losses, static_cast<double>(size) / static_cast<double>(batch.rows()) / passes);
    }
  }
  return mean;
}

std::optional<std::string> Learner::divergence(const Losses& losses,
                                               const std::vector<float>& weights) const {
  constexpr auto kAdvice = "lower lr or raise kl_coeff";
  if (!finite(batch_.logits)) return fmt::format("the policy's outputs were no longer finite; {}", kAdvice);
  if (!finite(batch_.targets) || !finite(batch_.advantages)) {
    return fmt::format("the critic's targets were no longer finite; {}", kAdvice);
  }
  if (!losses.finite()) return fmt::format("the loss was no longer finite; {}", kAdvice);
  if (!finite(weights)) return fmt::format("the weights were no longer finite; {}", kAdvice);
  if (ppo_.kl_budget > 0 && losses.kl > ppo_.kl_budget) {
    return fmt::format("the KL divergence of {:.3g} exceeded its budget of {:g}; {}", losses.kl,
                       ppo_.kl_budget, kAdvice);
  }
  return std::nullopt;
}

std::vector<policy::Probe> Learner::probes(std::size_t count) const {
  std::vector<policy::Probe> probes;
  for (std::size_t p = 0; p < count; ++p) {
    const std::size_t row = p * batch_.rows() / count;
    policy::Probe probe;
    probe.observation.resize(batch_.inputs());
    batch_.observe(row, probe.observation.data());
    probe.logits.resize(batch_.actions);
    std::vector<float> value(1);
    updater_.forward(probe.observation, 1, probe.logits, value);
    probes.push_back(std::move(probe));
  }
  return probes;
}

}  // namespace ctt::learning
