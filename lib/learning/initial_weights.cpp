#include "learning/initial_weights.h"

#include <cmath>

#include "base/random.h"
#include "learning/streams.h"

namespace ctt::learning {

namespace {

bool is_output(const std::string& name) {
  return name == "policy.logits.weight" || name == "value.out.weight";
}

}  // namespace

std::vector<float> initial_weights(const policy::NetworkShape& shape, std::uint64_t seed) {
  base::Random random(seed, kWeightStream);
  std::vector<float> weights;
  weights.reserve(shape.parameter_count());
  for (const auto& parameter : shape.parameters()) {
    if (parameter.shape.size() == 1) {
      weights.resize(weights.size() + parameter.size());
      continue;
    }
    std::vector<double> direction(parameter.shape[1]);
    for (std::size_t unit = 0; unit < parameter.shape[0]; ++unit) {
      double squares = 0;
      for (double& x : direction) {
        x = random.normal();
        squares += x * x;
      }
      const double scale = (is_output(parameter.name) ? 0.01 : 1.0) / std::sqrt(squares);
      for (const double x : direction) weights.push_back(static_cast<float>(x * scale));
    }
  }
  return weights;
}

std::vector<float> shrink_perturbed(std::vector<float> weights, std::span<const float> fresh, double shrink) {
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = static_cast<float>(shrink * static_cast<double>(weights[i]) +
                                    (1 - shrink) * static_cast<double>(fresh[i]));
  }
  return weights;
}

}  // namespace ctt::learning
