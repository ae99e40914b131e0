#pragma once

#include <memory>

#include "learning/updater.h"

namespace ctt::learning {

/// The engine that is easiest to read and defines what the other one computes: LibTorch's autograd
/// over the loss written out, on one core, or with `cuda` on the first GPU. Confines LibTorch to one thread.
/// Throws Error(refused) for `cuda` where LibTorch has none.
std::unique_ptr<Updater> make_autograd_updater(const policy::NetworkShape& shape,
                                               const training::Ppo& settings, bool cuda = false);

/// The MakeEngine of a learner that has this engine alone.
std::unique_ptr<Updater> autograd_engine(const training::Compute& compute, const policy::NetworkShape& shape,
                                         const training::Ppo& settings, base::Workers& workers);

}  // namespace ctt::learning
