#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/workers.h"
#include "learning/adam.h"
#include "learning/batch.h"
#include "learning/losses.h"
#include "policy/network.h"
#include "training/compute.h"
#include "training/pack.h"

namespace ctt::learning {

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

/// Makes the engine that `Compute` asks for; the workers outlive it.
/// Throws Error(usage) for one that the program does not have.
using MakeEngine = std::function<std::unique_ptr<Updater>(
    const training::Compute&, const policy::NetworkShape&, const training::Ppo&, base::Workers&)>;

}  // namespace ctt::learning
