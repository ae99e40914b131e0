#include "replay/slurm_lineages.h"

#include <algorithm>
#include <optional>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "cycle/learner_output.h"
#include "replay/lineage_batch.h"

namespace ctt::replay {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;
using cycle::SlurmJob;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t kArrayMax = 1000;  // Slurm's own MaxArraySize is 1001, for indices from 0
constexpr std::size_t kAgainMax = 3;
constexpr std::chrono::milliseconds kTick{200};   // how often files and the operator are looked at
constexpr std::chrono::seconds kEndPatience{90};  // Slurm gives processes 30 s between SIGTERM and SIGKILL

// `0-3,7`: of rising numbers.
std::string ranges(const std::vector<std::size_t>& numbers) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    parts.push_back(last == i ? fmt::format("{}", numbers[i])
                              : fmt::format("{}-{}", numbers[i], numbers[last]));
    i = last + 1;
  }
  return fmt::format("{}", fmt::join(parts, ","));
}

}  // namespace

SlurmLineages::SlurmLineages(fs::path batch, std::string name, ReplayCluster cluster)
    : batch_(std::move(batch)),
      name_(std::move(name)),
      cluster_(std::move(cluster)),
      commands_(cluster_.slurm.command_limit) {}

void SlurmLineages::end(const std::string& name) {
  const cycle::SlurmCommands commands;
  const auto give_up = steady_clock::now() + kEndPatience;
  while (true) {
    auto jobs = commands.jobs(name);
    std::erase_if(jobs, [](const SlurmJob& job) { return !job.active(); });
    if (jobs.empty()) return;
    // An array as a whole, by its number: one command, not one a task.
    std::set<std::string> arrays;
    for (const auto& job : jobs) arrays.insert(job.id.substr(0, job.id.find('_')));
    for (const auto& array : arrays) commands.cancel(array);
    if (steady_clock::now() >= give_up)
      throw Error(Failure::unreachable, fmt::format("the Slurm jobs {} go on after scancel", name))
          .fix("scancel --name=" + name);
    std::this_thread::sleep_for(kTick);
  }
}

void SlurmLineages::run(std::size_t count, const std::function<bool()>& stop,
                        const std::function<void()>& while_waiting) {
  end(name_);
  try {
    for (std::size_t again = 0;; ++again) {
      const auto left = missing(count);
      if (left.empty()) return;
      if (again > kAgainMax)
        throw Error(Failure::internal,
                    fmt::format("{} lineages were begun {} times in Slurm and did not come to their end; the "
                                "first is {}",
                                left.size(), again, left.front()));
      if (again > 0) base::log()->warn("{} lineages are submitted again", left.size());
      submit(left);
      wait(stop, while_waiting);
      const auto until = steady_clock::now() + cluster_.slurm.share_patience;
      while (!missing(count).empty() && steady_clock::now() < until) std::this_thread::sleep_for(kTick);
    }
  } catch (...) {
    end(name_);
    throw;
  }
}

SlurmLineages::Indices SlurmLineages::missing(std::size_t count) const {
  std::error_code ignored;
  fs::directory_iterator(batch_ / "lineages", ignored);  // makes NFS look again
  Indices indices;
  for (std::size_t index = 0; index < count; ++index) {
    if (!fs::exists(lineage_file(batch_, index))) indices.push_back(index);
  }
  return indices;
}

void SlurmLineages::submit(const Indices& indices) {
  arrays_.clear();
  std::map<std::size_t, Indices> arrays;
  for (const auto index : indices) arrays[index / kArrayMax].push_back(index % kArrayMax);
  for (const auto& [array, members] : arrays) submit_array(array, members);
}

void SlurmLineages::submit_array(std::size_t array, const Indices& members) {
  const auto script = batch_ / fmt::format("array-{}.sh", array);
  base::write_file_atomically(
      script,
      fmt::format("#!/bin/sh\nexec {} replay-lineage . $((SLURM_ARRAY_TASK_ID + {}))\n",
                  cycle::shell_quoted(cluster_.program), array * kArrayMax),
      0700);
  const auto limit = cluster_.at_a_time > 0 ? fmt::format("%{}", cluster_.at_a_time) : "";
  std::vector<std::string> words{
      "--job-name=" + name_,     "--chdir=" + batch_.string(),
      "--output=logs/%A_%a.log", "--requeue",
      "--cpus-per-task=1",       fmt::format("--array={}{}", ranges(members), limit)};
  if (!cluster_.slurm.memory.empty()) words.push_back("--mem=" + cluster_.slurm.memory);
  words.insert(words.end(), cluster_.slurm.words.begin(), cluster_.slurm.words.end());
  words.push_back(script.string());
  arrays_[commands_.submit(words)] = array * kArrayMax;
}

// Until none of the jobs may still run.
void SlurmLineages::wait(const std::function<bool()>& stop, const std::function<void()>& while_waiting) {
  auto next = steady_clock::now();
  std::optional<steady_clock::time_point> silent_since;
  while (true) {
    while_waiting();
    if (stop()) throw ReplayStopped();
    if (steady_clock::now() >= next) {
      next = steady_clock::now() + cluster_.slurm.look;
      try {
        if (!look()) return;
        silent_since.reset();
      } catch (const Error& error) {
        if (error.failure() != Failure::unreachable) throw;
        if (!silent_since) base::log()->warn("{}; the lineages go on", error.what());
        silent_since = silent_since.value_or(steady_clock::now());
        if (steady_clock::now() - *silent_since > cluster_.slurm.controller_patience) throw;
      }
    }
    std::this_thread::sleep_for(kTick);
  }
}

// Whether one of them may still run. Throws for one that failed.
bool SlurmLineages::look() const {
  bool active = false;
  for (const auto& job : commands_.jobs(name_)) {
    const auto cut = job.id.find('_');
    const auto array = arrays_.find(job.id.substr(0, cut));
    if (array == arrays_.end()) continue;  // of an earlier submission
    if (job.active()) {
      active = true;
    } else if (!job.lost() && job.state != "COMPLETED" && cut != std::string::npos) {
      const auto index = array->second + std::stoul(job.id.substr(cut + 1));
      if (!fs::exists(lineage_file(batch_, index))) throw failed(job, index);
    }
  }
  return active;
}

Error SlurmLineages::failed(const SlurmJob& job, std::size_t index) const {
  return Error(Failure::internal,
               fmt::format("lineage {} ended without a result ({}){}", index, job.describe(),
                           cycle::last_line_of(batch_logs(batch_) / (job.id + ".log"))));
}

}  // namespace ctt::replay
