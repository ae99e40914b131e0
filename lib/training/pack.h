#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "environment/settings.h"
#include "policy/network.h"

namespace ctt::training {

/// The settings of PPO, named and meant as in RLlib.
struct Ppo {
  double lr = 5e-5;
  double gamma = 0.99;
  double lambda = 0.95;
  double clip_param = 0.2;
  double entropy_coeff = 0.01;
  double vf_loss_coeff = 0.5;
  double vf_clip_param = 100;
  double kl_coeff = 0.2;
  double kl_target = 0.01;
  std::optional<double> kl_coeff_min;  ///< the adapted kl_coeff falls no lower; nothing: see docs/packs.md
  std::size_t train_batch_size = 4000;
  std::size_t sgd_minibatch_size = 128;
  std::size_t num_sgd_iter = 10;
  double grad_clip = 0;           ///< on the gradient's global norm; 0: none
  double kl_budget = 10;          ///< an iteration whose KL exceeds it ends the run as diverged; 0: none
  std::size_t environments = 16;  ///< stepped together (`num_envs`, or RLlib's `num_rollout_workers`)
  std::size_t fragment_steps =
      0;  ///< advantages bootstrap after so many steps (`rollout_fragment_length`); 0: at the batch's end

  /// Steps of each environment in one batch: train_batch_size / environments, rounded up.
  std::size_t steps_per_environment() const { return (train_batch_size + environments - 1) / environments; }
};

/// Which weights fine-tuning begins with: the parent's (`exact`), or
///
///     w <- a w + (1 - a) w_new,  a = `restore_shrink`,
///
/// w_new the weights that a new policy of the run's seed begins with (`shrink_perturb`).
/// Source: Ash & Adams 2020, "On Warm-Starting Neural Network Training", arXiv:1910.08475; as a remedy for
/// the loss of plasticity in PPO: Juliani & Ash 2024, arXiv:2405.19153.
enum class Restore { exact, shrink_perturb };

/// `shrink_perturb`: the word in packs.
std::string_view name(Restore restore);

/// A hyper-parameter pack: how a policy is trained and in which environment. Every key of its JSON
/// is used or refused; docs/packs.md lists them.
struct Pack {
  Ppo ppo;
  std::vector<std::size_t> hidden{256, 256};
  policy::Activation activation = policy::Activation::tanh;
  bool vf_share_layers = false;
  environment::EpisodeSettings environment;
  std::size_t num_iterations = 50;
  bool restore_optimizer = true;         ///< fine-tuning continues the parent's Adam moments
  std::optional<bool> restore_kl_coeff;  ///< and its adapted kl_coeff; nothing: `ctt train --resume` alone
  Restore restore = Restore::exact;
  double restore_shrink = 0.8;  ///< share of the parent's weights, 0 to 1; used by shrink_perturb alone

  /// Throws Error(usage) naming the pack, the key and what is allowed.
  static Pack parse(std::string_view json, const std::string& where);
  /// With every default written out.
  std::string json() const;

  policy::NetworkShape network(std::size_t feature_columns) const;

  /// The settings that a cycle trains by: what this pack leaves open about kl_coeff is settled. It begins at the
  /// pack's value, and does not fall below a hundredth of it.
  Pack for_cycles() const;
  /// Whether the other one has the same settings, for trainings and for cycles.
  bool trains_like(const Pack& other) const;
};

}  // namespace ctt::training
