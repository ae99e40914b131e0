#include "cycle/left_jobs.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "base/error.h"
#include "base/log.h"
#include "cycle/slurm_commands.h"
#include "cycle/slurm_journal.h"

namespace ctt::cycle {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;

namespace {

constexpr std::chrono::seconds kPatience{90};  // Slurm gives processes 30 s between SIGTERM and SIGKILL
constexpr std::chrono::milliseconds kLook{250};
constexpr std::chrono::milliseconds kOnItsWay{2000};  // for what a killed sbatch had sent already

Error not_ended(const SlurmEntry& entry, std::string_view why) {
  return Error(Failure::unreachable,
               fmt::format("the Slurm job {} of an earlier run cannot be ended: {}", entry.name, why))
      .fix("scontrol ping")
      .fix("scancel --name=" + entry.name);
}

void end_job(const SlurmEntry& entry) {
  const SlurmCommands commands;
  if (entry.id.empty()) std::this_thread::sleep_for(kOnItsWay);
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    try {
      auto jobs = commands.jobs(entry.name);
      std::erase_if(jobs, [](const SlurmJob& job) { return !job.active(); });
      if (jobs.empty()) return;
      for (const auto& job : jobs) commands.cancel(job.id);
    } catch (const Error& error) {
      throw not_ended(entry, error.what());
    }
    if (std::chrono::steady_clock::now() >= give_up) throw not_ended(entry, "it goes on after scancel");
    std::this_thread::sleep_for(kLook);
  }
}

}  // namespace

bool is_left_in_slurm(const base::Home& home, std::string_view experiment_id) {
  return SlurmJournal(home).find(fs::path(experiment_id)).has_value();
}

void end_left_jobs(const base::Home& home) {
  const SlurmJournal journal(home);
  journal.clear_unfinished();
  for (const auto& entry : journal.all()) {
    base::log()->info("the Slurm job {} was left by an earlier run; it is ended", entry.name);
    end_job(entry);
    fs::remove_all(entry.folder);
    journal.remove(entry.folder);
  }
}

}  // namespace ctt::cycle
