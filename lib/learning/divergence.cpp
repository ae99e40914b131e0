#include <cmath>

#include "learning/updater.h"

namespace ctt::learning {

bool Losses::finite() const {
  return std::isfinite(policy) && std::isfinite(value) && std::isfinite(entropy) && std::isfinite(kl) &&
         std::isfinite(total) && std::isfinite(gradient_norm);
}

}  // namespace ctt::learning
