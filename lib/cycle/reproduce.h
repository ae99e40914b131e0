#pragma once

#include <filesystem>
#include <string>

#include "cycle/experiment.h"
#include "store/cycles.h"

namespace ctt::cycle {

/// What a cycle's training came to the second time.
struct Reproduction {
  std::string experiment_id;
  std::string wanted_sha256;  ///< of the checkpoint the cycle made
  std::string made_sha256;    ///< of the one made now
  std::string made_by;        ///< version of ctt that made the first, empty when its file is gone
  bool same() const { return wanted_sha256 == made_sha256; }
};

/// The training request of an ended experiment, from its row and its snapshot: what it was given, not
/// what pack and dataset say today.
/// Throws Error(not_found) when its snapshot is gone, Error(integrity) when that is damaged.
TrainingRequest request_of(const store::Experiment& experiment, const base::Home& home);

/// The request of a training that goes on from where an ended one stopped: its candles, settings and
/// rate, its checkpoint as the parent, and a seed that follows from its own and the iterations done.
/// `iterations` are the ones left unless given.
/// Throws Error(refused) while it runs, Error(not_found) when it left no checkpoint, Error(usage) when
/// no iteration is left, besides what `request_of` throws.
TrainingRequest resume_of(const store::StateContext& state, const store::Experiment& ended,
                          std::optional<std::size_t> iterations);

/// Trains a cycle's candidate once more from snapshot, settings, seed and parent, in `folder`, which
/// must not exist and is left as the learner left it. Nothing is recorded or published.
///
/// Throws Error(refused) for a cycle without a completed training, Error(not_found) when its parent's
/// file was pruned, Error(internal) when the learner does not complete.
Reproduction reproduce(const store::StateContext& context, const TrainingLock& lock,
                       const store::Cycle& cycle, const std::filesystem::path& folder,
                       const LaunchOptions& options);

}  // namespace ctt::cycle
