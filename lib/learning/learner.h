#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "learning/collector.h"
#include "learning/episode_window.h"
#include "learning/updater.h"
#include "policy/checkpoint.h"
#include "training/job.h"
#include "training/metrics.h"

namespace ctt::learning {

/// The next kl_coeff: half as much again when the iteration's KL was above twice the target, half
/// when it was below half of it, but not less than the floor, else the same.
double adapted_kl_coeff(double kl_coeff, double kl, double kl_target, double floor = 0);

/// PPO on one market: collects, improves, collects, ...
///
/// The engine holds the weights; it is given to the learner loaded, its learning rate set. Call
/// `iterate` until enough; when it answers with a divergence, the weights are no longer worth keeping.
class Learner {
 public:
  struct Iteration {
    training::IterationMetrics metrics;
    std::optional<std::string> divergence;  ///< a sentence: what was not finite or too large
  };

  /// `updater` and `workers` must outlive it. Throws Error(data_blocked) when the data are too short
  /// for the pack's window.
  Learner(const training::Pack& pack, std::shared_ptr<const environment::MarketData> data, std::uint64_t seed,
          double kl_coeff, Updater& updater, const policy::NetworkShape& shape, base::Workers& workers);

  Iteration iterate();

  double kl_coeff() const { return kl_coeff_; }
  /// `count` observations of the latest batch with the engine's logits for them. After `iterate`.
  std::vector<policy::Probe> probes(std::size_t count) const;

 private:
  /// Means over the minibatches of all passes; the first that is not finite ends them.
  Losses improve(const Batch& batch);
  std::optional<std::string> divergence(const Losses& losses, const std::vector<float>& weights) const;

  const training::Ppo ppo_;
  environment::VectorEnvironment environments_;
  Collector collector_;
  EpisodeWindow episodes_;
  Updater& updater_;
  policy::Forward policy_;
  base::Random shuffle_;
  double kl_coeff_;
  Batch batch_;
  std::vector<std::uint32_t> order_;
};

}  // namespace ctt::learning
