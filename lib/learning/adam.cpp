#include "learning/adam.h"

#include <cmath>
#include <stdexcept>

namespace ctt::learning {

namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr float kEpsilon = 1e-8F;

}  // namespace

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
  ++state_.step;
  const auto t = static_cast<double>(state_.step);
  const auto beta1 = static_cast<float>(kBeta1);
  const auto beta2 = static_cast<float>(kBeta2);
  const auto rate = static_cast<float>(state_.learning_rate / (1 - std::pow(kBeta1, t)));
  const auto correction = static_cast<float>(1 / std::sqrt(1 - std::pow(kBeta2, t)));
  float* w = weights.data();
  const float* g = gradient.data();
  float* m = state_.first.data();
  float* v = state_.second.data();
  for (std::size_t i = 0; i < size; ++i) {
    m[i] += (1 - beta1) * (g[i] - m[i]);
    v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
    w[i] -= rate * m[i] / (std::sqrt(v[i]) * correction + kEpsilon);
  }
}

double clip_norm(std::span<float> gradient, double norm_max) {
  double squares = 0;
  for (const float g : gradient) squares += static_cast<double>(g) * g;
  const double norm = std::sqrt(squares);
  if (norm_max > 0 && norm > norm_max) {
    const auto scale = static_cast<float>(norm_max / norm);
    for (float& g : gradient) g *= scale;
  }
  return norm;
}

}  // namespace ctt::learning
