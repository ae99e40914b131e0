#include "cycle/exploration.h"

#include <cmath>

#include <fmt/format.h>

namespace ctt::cycle {

namespace {

constexpr double kEntropyShareMin = 0.1;
constexpr double kCoefficientShareMin = 0.001;

}  // namespace

std::vector<std::string> warnings_of(const ExplorationState& state, const training::Pack& pack) {
  std::vector<std::string> warnings;
  const double at_random = std::log(pack.environment.action_scheme.action_count());
  if (state.entropy < kEntropyShareMin * at_random) {
    warnings.push_back(fmt::format(
        "entropy {:.3g} is below a tenth of that of acting at random ({:.3g}): the policy hardly explores; a "
        "larger entropy_coeff keeps it up",
        state.entropy, at_random));
  }
  if (state.kl_coeff < kCoefficientShareMin * pack.ppo.kl_coeff) {
    warnings.push_back(fmt::format(
        "kl_coeff {:.3g} is below a thousandth of the pack's {:g}: nothing holds the policy to its parent; "
        "take restore_kl_coeff out of the pack, or raise kl_coeff_min",
        state.kl_coeff, pack.ppo.kl_coeff));
  }
  return warnings;
}

}  // namespace ctt::cycle
