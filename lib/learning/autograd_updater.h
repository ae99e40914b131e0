#pragma once

#include <memory>

#include "learning/updater.h"
#include "policy/network.h"
#include "training/pack.h"

namespace ctt::learning {

/// The engine that is easiest to read and defines what the other one computes: LibTorch's autograd
/// over the loss written out, on one core, or with `cuda` on the first GPU.
/// Throws Error(refused) for `cuda` where LibTorch has none.
std::unique_ptr<Updater> make_autograd_updater(const policy::NetworkShape& shape,
                                               const training::Ppo& settings, bool cuda = false);

}  // namespace ctt::learning
