#pragma once

#include <cstdint>
#include <span>
#include <vector>

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

  void set_learning_rate(double learning_rate) { state_.learning_rate = learning_rate; }
  double learning_rate() const { return state_.learning_rate; }

  const AdamState& state() const { return state_; }
  /// Goes on from `state`, learning rate included. Throws std::invalid_argument for another size.
  void restore(AdamState state);

 private:
  AdamState state_;
};

/// Scales `gradient` so that its Euclidean norm is at most `norm_max` (0: leaves it); returns the
/// norm it had.
double clip_norm(std::span<float> gradient, double norm_max);

}  // namespace ctt::learning
