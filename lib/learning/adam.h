#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "learning/kernels.h"

namespace ctt::learning {

/// What an Adam optimiser carries from step to step. Restoring it restores its learning rate too.
struct AdamState {
  std::uint64_t step = 0;
  double learning_rate = 0;
  std::vector<float> first;   ///< running mean of the gradient
  std::vector<float> second;  ///< running mean of its square

  bool operator==(const AdamState&) const = default;
};

/// Adam with PyTorch's defaults (betas .9 and .999, epsilon 1e-8) over one flat buffer of weights.
/// Source: Kingma and Ba 2015, arXiv:1412.6980, algorithm 1.
class Adam {
 public:
  Adam(std::size_t size, double learning_rate);

  /// One step of `weights` against `gradient`, both [size].
  void step(std::span<float> weights, std::span<const float> gradient);

  /// The same in pieces, which threads may share: `begin` counts the step, `apply` takes it for the
  /// weights from `first` on, `size` of them. The gradient is scaled by `scale` first.
  Kernels::AdamStep begin(double scale = 1);
  void apply(Kernels::AdamStep step, std::size_t first, std::size_t size, std::span<float> weights,
             std::span<const float> gradient);

  void set_learning_rate(double learning_rate) { state_.learning_rate = learning_rate; }
  double learning_rate() const { return state_.learning_rate; }

  const AdamState& state() const { return state_; }
  /// Goes on from `state`, learning rate included. Throws std::invalid_argument for another size.
  void restore(AdamState state);

 private:
  AdamState state_;
};

/// What a gradient of Euclidean norm `norm` is multiplied by so that it is at most `norm_max`
/// (0: no limit).
double clip_scale(double norm, double norm_max);

}  // namespace ctt::learning
