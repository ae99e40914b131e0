#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policy/network.h"

namespace ctt::learning {

/// Weights to begin with, as RLlib draws them: each unit's incoming weights are a random direction of
/// length 1, of the two output layers of length 0.01 (so that a new policy is nearly uniform and
/// a new critic says nearly 0); biases 0. Flat, in the order of `shape.parameters()`.
std::vector<float> initial_weights(const policy::NetworkShape& shape, std::uint64_t seed);

/// a w + (1 - a) w_new of each weight, a = `shrink` (see training::Restore). Both have the same size.
std::vector<float> shrink_perturbed(std::vector<float> weights, std::span<const float> fresh, double shrink);

}  // namespace ctt::learning
