#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "learning/adam.h"
#include "learning/batch.h"
#include "policy/network.h"
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
};

/// Turns minibatches into optimiser steps: the engine of the learner. The learner decides what is
/// collected, in which order rows are used and when to stop; an engine holds weights and optimiser.
///
/// Use: `load` weights (and `restore` an optimiser, then `set_learning_rate`), `update` once per
/// minibatch, read `weights` back. Weights are flat, in the order of `NetworkShape::parameters()`.
/// One thread at a time.
class Updater {
 public:
  virtual ~Updater() = default;

  virtual void load(std::span<const float> weights) = 0;
  virtual std::vector<float> weights() const = 0;

  virtual void restore(const AdamState& state) = 0;  ///< its learning rate included
  virtual AdamState optimizer() const = 0;
  virtual void set_learning_rate(double learning_rate) = 0;
  virtual double learning_rate() const = 0;  ///< read from the optimiser

  /// One step on the rows of `batch` that `rows` names. A loss or gradient that is not finite is
  /// returned without a step.
  virtual Losses update(const Batch& batch, std::span<const std::uint32_t> rows, double kl_coeff) = 0;

  /// The losses and their gradient [parameters], before grad_clip and without a step.
  virtual Losses gradient(const Batch& batch, std::span<const std::uint32_t> rows, double kl_coeff,
                          std::span<float> gradient) = 0;

  /// Logits [rows x actions] and values [rows], as the engine itself computes them.
  virtual void forward(std::span<const float> observations, std::size_t rows, std::span<float> logits,
                       std::span<float> values) = 0;
};

/// The engine that is easiest to read: LibTorch's autograd over the loss written out.
std::unique_ptr<Updater> make_autograd_updater(const policy::NetworkShape& shape,
                                               const training::Ppo& settings);

}  // namespace ctt::learning
