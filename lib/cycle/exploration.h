#pragma once

#include <string>
#include <vector>

#include "training/pack.h"

namespace ctt::cycle {

/// How freely a policy still acts when its training ended, and what holds it to its parent.
/// A number that was not recorded is NaN.
struct ExplorationState {
  double entropy = 0;   ///< nats, of the policy over the last batch
  double kl = 0;        ///< nats, between the policies before and after the last iteration
  double kl_coeff = 0;  ///< as adapted
};

/// Sentences on what has collapsed: an entropy below a tenth of that of a policy that acts at random, or a
/// KL coefficient below a thousandth of the pack's. Empty when all is well.
std::vector<std::string> warnings_of(const ExplorationState& state, const training::Pack& pack);

}  // namespace ctt::cycle
