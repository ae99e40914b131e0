#pragma once

#include "cmd/shell/settings.h"
#include "training/compute.h"

namespace ctt::cmd {

/// The settings `learner.engine`, `learner.device`, `learner.precision` and `learner.threads`, with 0 threads made a number.
/// Throws Error(usage) when they do not go together.
training::Compute compute_of(const Settings& settings);

/// The same, whether they go together or not: for a command whose flags have the last word.
training::Compute unchecked_compute_of(const Settings& settings);

}  // namespace ctt::cmd
