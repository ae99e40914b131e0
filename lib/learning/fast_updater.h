#pragma once

#include <memory>

#include "learning/products.h"
#include "learning/updater.h"

namespace ctt::learning {

/// The engine that is fast on few cores: gradients worked out by hand, matrix products by oneDNN, the
/// network shared out over `workers`, which must outlive it. The result does not depend on their number. `update` computes its products by
/// `products`, `forward` in float32.
std::unique_ptr<Updater> make_fast_updater(const policy::NetworkShape& shape, const training::Ppo& settings,
                                           base::Workers& workers, Multiply products = multiply);

/// The MakeEngine of a learner that has this engine alone.
std::unique_ptr<Updater> fast_engine(const training::Compute& compute, const policy::NetworkShape& shape,
                                     const training::Ppo& settings, base::Workers& workers);

/// Into how many parts, two to four, the fast engine shares out a network, whatever the number of workers:
/// more of them would wait while it updates.
std::size_t fast_updater_parts(const policy::NetworkShape& shape);

}  // namespace ctt::learning
