#pragma once

#include <cstddef>
#include <vector>

namespace ctt::learning {

/// The experience of one iteration, ready to learn from. Row k * T + t is step t of environment k.
struct Batch {
  std::size_t rows = 0;
  std::size_t inputs = 0;
  std::size_t actions = 0;          ///< how many there are to choose from
  std::vector<float> observations;  ///< [rows x inputs]
  std::vector<int> taken;           ///< [rows], the action that was sampled
  std::vector<float> logits;        ///< [rows x actions], of the policy that acted
  std::vector<float> advantages;    ///< [rows], standardised over the batch
  std::vector<float> targets;       ///< [rows], what the critic should have said
};

}  // namespace ctt::learning
