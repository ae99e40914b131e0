#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "market/window.h"
#include "policy/policy.h"

namespace ctt::evaluation {

/// Signs of lost plasticity: a network that was trained again and again may learn ever less, while its
/// weights grow, units fall silent and features become alike.
/// Source: Juliani & Ash 2024, "A Study of Plasticity Loss in On-Policy Deep Reinforcement Learning",
/// arXiv:2405.19153.
struct NetworkHealth {
  double weight_norm = 0;     ///< L2 of the weights and biases that decide (the critic's own left out)
  double dormant_share = 0;   ///< of the hidden units, 0 to 1
  double effective_rank = 0;  ///< of the last hidden layer's activations, 1 to its width or the rows
};

/// A unit is dormant when its mean absolute activation is at most this share of its layer's mean.
/// Source: Sokar, Agarwal, Castro & Evci 2023, "The Dormant Neuron Phenomenon in Deep Reinforcement
/// Learning", ICML, arXiv:2302.12902, definition 3.1.
inline constexpr double kDormantUpTo = 0.025;

/// So many observations, spread evenly over a window, are looked at.
inline constexpr std::size_t kHealthObservations = 200;

/// exp of the entropy of the singular values s_i of a matrix [rows x columns], taken as shares of their
/// sum: exp(-sum p_i ln p_i), p_i = s_i / sum s. 1 when all rows are multiples of one, at most
/// min(rows, columns); 0 of a matrix of zeros. Values below rounding (1e-7 of the largest) count as 0.
/// Throws std::invalid_argument for a matrix of another size or with a value that is not finite.
///
/// Source: Roy & Vetterli 2007, "The Effective Rank: a Measure of Effective Dimensionality", EUSIPCO.
double effective_rank(std::span<const float> matrix, std::size_t rows, std::size_t columns);

/// Of the policy on these observations [rows x inputs], rows >= 1. Nothing when an activation is not finite.
std::optional<NetworkHealth> network_health(const policy::Policy& policy,
                                            std::span<const float> observations);

/// The same on observations of the window, as an account sees them that never trades.
std::optional<NetworkHealth> network_health(const policy::Policy& policy, const market::Window& window);

}  // namespace ctt::evaluation
