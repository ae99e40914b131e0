#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "learning/fast_updater.h"
#include "training/job.h"
#include "training/result.h"

namespace ctt::learning {

/// What a run tells while it goes on, and how it is asked to end.
struct JobHooks {
  /// One JSON object without its newline: `started`, `iteration` after each, at the end `finished`.
  std::function<void(const std::string&)> line = [](const std::string&) {};
  /// Looked at after each iteration; true ends the run as cancelled, with what it has.
  std::function<bool()> stop = [] { return false; };
};

/// Carries out the job in `folder` (docs/job-folder.md): checks what lies there, trains, writes
/// checkpoint, optimiser and result, in this order, each as a whole. The outputs of an earlier run
/// are removed first. A diverged run writes a result and no checkpoint; the parent is only read.
/// The job's engine is made by `make_engine`. Pins the libraries of the whole process to one thread.
///
/// Throws Error(usage) for a bad job, Error(refused) for one that another version of ctt wrote, before anything is
/// done, and for a parent of another contract,
/// Error(integrity) for damaged or exchanged inputs, Error(data_blocked) for too few candles.
training::Result run_job(const std::filesystem::path& folder, const JobHooks& hooks,
                         const MakeEngine& make_engine = fast_engine);

}  // namespace ctt::learning
