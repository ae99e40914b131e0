#include "cycle/slurm_launcher.h"

#include <fmt/format.h>

#include "base/error.h"
#include "cycle/slurm_commands.h"
#include "cycle/slurm_training.h"

namespace ctt::cycle {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;

namespace {

constexpr auto kScript = "batch.sh";

// What runs on the node: the learner takes the place of the shell, so that signals and exit status are its own.
std::string script(const std::vector<std::string>& command) {
  std::string line = "exec";
  for (const auto& word : command) line += " " + shell_quoted(word);
  return "#!/bin/sh\n" + line + " .\n";
}

// The limit that Slurm itself holds a job to, should nobody be here to do it; in whole minutes.
std::int64_t time_limit_min(const LaunchOptions& options) {
  const auto most = options.deadline + options.grace;
  return std::chrono::ceil<std::chrono::minutes>(most).count() + 1;
}

}  // namespace

// The learner is the nodes', not this machine's.
void SlurmLauncher::require(const LaunchOptions&, const training::Compute&) const {
  SlurmCommands::require();
  if (with_.share.empty() || fs::is_directory(with_.share)) return;
  throw Error(Failure::not_found,
              fmt::format("the folder {} of the setting slurm.share is not there", with_.share.string()))
      .fix("ctt config get slurm.share");
}

fs::path SlurmLauncher::jobs(const base::Home& home) const {
  return with_.share.empty() ? home.jobs() : with_.share / journal_.prefix();
}

SlurmEntry SlurmLauncher::prepared(const fs::path& job, const LaunchOptions& options) const {
  const auto compute = training::Job::read(job).compute;
  base::write_file_atomically(job / kScript, script(learner_words(options.command, compute.engine)), 0700);
  auto entry = journal_.entry(job);
  // Names of files are relative: Slurm reads signs in them, as %j, that the folder's name may hold.
  entry.submit = {"--job-name=" + entry.name,
                  "--chdir=" + job.string(),
                  "--output=progress.jsonl",
                  "--error=learner.log",
                  "--open-mode=append",
                  "--requeue",
                  fmt::format("--cpus-per-task={}", compute.threads),
                  fmt::format("--time={}", time_limit_min(options))};
  if (!with_.memory.empty()) entry.submit.push_back("--mem=" + with_.memory);
  entry.submit.insert(entry.submit.end(), with_.words.begin(), with_.words.end());
  entry.submit.push_back((job / kScript).string());
  return entry;
}

LaunchResult SlurmLauncher::launch(const fs::path& job, const base::FileLock&, const LaunchOptions& options) {
  if (const auto left = journal_.find(job)) return SlurmTraining(journal_, *left, with_, options).take_over();
  require(options, training::Job::read(job).compute);
  const auto folder = fs::absolute(job);
  const auto entry = prepared(folder, options);
  journal_.write(entry);
  return SlurmTraining(journal_, entry, with_, options).run();
}

}  // namespace ctt::cycle
