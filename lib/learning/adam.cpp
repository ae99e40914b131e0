#include "learning/adam.h"

#include <cmath>
#include <stdexcept>

namespace ctt::learning {

Adam::Adam(std::size_t size, double learning_rate) {
  state_.learning_rate = learning_rate;
  state_.first.resize(size);
  state_.second.resize(size);
}

void Adam::restore(AdamState state) {
  if (state.first.size() != state_.first.size() || state.second.size() != state_.first.size()) {
    throw std::invalid_argument("the optimiser's state is of another network");
  }
  state_ = std::move(state);
}

void Adam::step(std::span<float> weights, std::span<const float> gradient) {
  const std::size_t size = state_.first.size();
  if (weights.size() != size || gradient.size() != size) {
    throw std::invalid_argument("weights and gradient must be as many as the optimiser's");
  }
  apply(begin(), 0, size, weights, gradient);
}

Kernels::AdamStep Adam::begin(double scale) {
  ++state_.step;
  const auto t = static_cast<double>(state_.step);
  return {static_cast<float>(state_.learning_rate / (1 - std::pow(Kernels::kBeta1, t))),
          static_cast<float>(1 / std::sqrt(1 - std::pow(Kernels::kBeta2, t))), static_cast<float>(scale)};
}

void Adam::apply(Kernels::AdamStep step, std::size_t first, std::size_t size, std::span<float> weights,
                 std::span<const float> gradient) {
  kernels().adam(weights.data() + first, state_.first.data() + first, state_.second.data() + first,
                 gradient.data() + first, size, step);
}

double clip_scale(double norm, double norm_max) {
  return norm_max > 0 && norm > norm_max ? norm_max / norm : 1;
}

}  // namespace ctt::learning
