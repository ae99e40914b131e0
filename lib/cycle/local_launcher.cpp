#include "cycle/local_launcher.h"

#include <fmt/format.h>

#include "base/child.h"
#include "base/error.h"
#include "cycle/learner_output.h"

namespace ctt::cycle {

namespace fs = std::filesystem;
using Outcome = LaunchResult::Outcome;

namespace {

constexpr std::chrono::milliseconds kLook{200};  // how often the deadline and the operator are looked at

LaunchResult ended_by_itself(const fs::path& job, const base::ChildExit& exit) {
  if (fs::exists(job / training::JobFiles::result)) return result_of(job, exit.ok() ? "" : exit.describe());
  return {Outcome::died,
          fmt::format("the learner ended without a result ({}){}", exit.describe(), last_words(job)),
          std::nullopt};
}

}  // namespace

std::shared_ptr<Launcher> local_launcher() {
  static const auto local = std::make_shared<LocalLauncher>();
  return local;
}

LaunchResult LocalLauncher::launch(const fs::path& job, const base::FileLock& lock,
                                   const LaunchOptions& options) {
  const auto engine = training::Job::read(job).compute.engine;
  require(options, engine);
  auto argv = learner_words(options.command, engine);
  argv.push_back(job.string());
  const auto deadline = std::chrono::steady_clock::now() + options.deadline;
  base::Child learner(
      {.argv = argv, .stderr_file = job / "learner.log", .inherited_descriptors = {lock.descriptor()}});
  if (options.on_started) options.on_started();

  LearnerOutput output(options);
  bool asked = false;
  // A learner that closed its output has not ended yet: deadline and operator are looked at until it has.
  while (!learner.output_ended() || !learner.ends_within(kLook)) {
    if (const auto line = learner.read_line(kLook)) output.take(*line);
    if (std::chrono::steady_clock::now() >= deadline) {
      learner.stop(options.grace);
      return {Outcome::timed_out,
              fmt::format("the training was stopped at its deadline of {}", base::to_words(options.deadline)),
              std::nullopt};
    }
    const int stops = options.stop_count();
    if (stops == 1 && !asked) {
      learner.ask_to_stop();
      asked = true;
    } else if (stops > 1) {
      learner.stop(std::chrono::milliseconds(0));
      return {Outcome::cancelled, "stopped at once by the operator", std::nullopt};
    }
  }
  return ended_by_itself(job, learner.wait());
}

}  // namespace ctt::cycle
