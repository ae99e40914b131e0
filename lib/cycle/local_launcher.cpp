#include "cycle/local_launcher.h"

#include <fmt/format.h>

#include "base/child.h"
#include "cycle/learner_output.h"
#include "cycle/learner_watch.h"

namespace ctt::cycle {

namespace fs = std::filesystem;
using Outcome = LaunchResult::Outcome;

namespace {

constexpr std::chrono::milliseconds kLook{200};

LaunchResult ended_by_itself(const fs::path& job, const base::ChildExit& exit, const LearnerOutput& output) {
  if (fs::exists(job / training::JobFiles::result)) return result_of(job, exit.ok() ? "" : exit.describe());
  return {Outcome::died,
          fmt::format("the learner ended without a result ({}){}", exit.describe(), output.last_words(job)),
          std::nullopt};
}

}  // namespace

std::shared_ptr<Launcher> local_launcher() {
  static const auto local = std::make_shared<LocalLauncher>();
  return local;
}

void LocalLauncher::require(const LaunchOptions& options, const training::Compute& compute) const {
  if (options.command.empty())
    training::require_processor(compute.precision);  // others may start it elsewhere
  require_learner(options.command, compute.engine);
}

LaunchResult LocalLauncher::launch(const fs::path& job, const base::FileLock& lock,
                                   const LaunchOptions& options) {
  const auto compute = training::Job::read(job).compute;
  require(options, compute);
  auto argv = learner_words(options.command, compute.engine);
  argv.push_back(job.string());
  base::Child learner(
      {.argv = argv, .stderr_file = job / "learner.log", .inherited_descriptors = {lock.descriptor()}});
  if (options.on_started) options.on_started();

  LearnerOutput output(options);
  LearnerWatch watch(learner, options);
  // A learner that closed its output has not ended yet: it is watched until it has.
  while (!learner.output_ended() || !learner.ends_within(kLook)) {
    if (const auto line = learner.read_line(kLook)) output.take(*line);
    if (auto end = watch.look()) return *end;
  }
  return ended_by_itself(job, learner.wait(), output);
}

}  // namespace ctt::cycle
