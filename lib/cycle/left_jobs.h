#pragma once

#include <string_view>

#include "base/home.h"

namespace ctt::cycle {

/// Whether a training is in the journal of Slurm's jobs: its process may be gone and its job go on.
bool is_left_in_slurm(const base::Home& home, std::string_view experiment_id);

/// Ends all jobs that are in the journal, waits until nothing of them is left, and removes their folders, and what
/// was never finished of the journal. The caller
/// holds the training lock, so they are all of earlier runs. Throws Error(unreachable) while Slurm does not answer:
/// what it may still run must not be forgotten.
void end_left_jobs(const base::Home& home);

}  // namespace ctt::cycle
