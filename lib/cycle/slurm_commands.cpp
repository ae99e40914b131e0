#include "cycle/slurm_commands.h"

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include <fmt/format.h>

#include "base/error.h"

namespace ctt::cycle {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;

namespace {

constexpr std::array kActive{"PENDING",     "RUNNING",      "SUSPENDED",     "CONFIGURING",  "COMPLETING",
                             "RESIZING",    "REQUEUED",     "SIGNALING",     "STAGE_OUT",    "STOPPED",
                             "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT", "POWER_UP_NODE"};
constexpr std::array kLost{"NODE_FAIL", "PREEMPTED", "BOOT_FAIL"};
constexpr std::array kHeld{"REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT"};
// What Slurm's commands say when the controller is away, on its way or too busy.
constexpr std::array kPassing{"Unable to contact slurm controller",
                              "Connection refused",
                              "timed out",
                              "Zero Bytes were transmitted",
                              "temporarily",
                              "standby mode",
                              "Communication",
                              "communication",
                              "Connection reset"};

bool is_one_of(const auto& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// The last line that says something: what went before are warnings.
std::string last_line(const std::string& text) {
  std::istringstream in(text);
  std::string last;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) last = line;
  }
  return last.substr(0, 300);
}

Error silent(const std::string& command, const std::string& why) {
  return Error(Failure::unreachable, fmt::format("Slurm does not answer: {}: {}", command, why))
      .fix("scontrol ping");
}

base::ChildExit exit_of(int raw) {
  return {.status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 0, .signal = WIFSIGNALED(raw) ? WTERMSIG(raw) : 0};
}

bool is_id(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string shell_quoted(std::string_view word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

bool SlurmJob::active() const { return is_one_of(kActive, state); }
bool SlurmJob::lost() const { return is_one_of(kLost, state); }
bool SlurmJob::held() const { return is_one_of(kHeld, state); }

std::string SlurmJob::describe() const {
  const bool tells = !exit.ok() || state == "COMPLETED";
  return fmt::format("Slurm job {}: {}{}", id, state, tells ? ", " + exit.describe() : "");
}

void SlurmCommands::require() {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (fs::exists(fs::path(folder) / "sbatch")) return;
  }
  throw Error(Failure::not_found, "the setting launcher.backend is slurm, and sbatch is not in PATH")
      .fix("apt-get install slurm-client")
      .fix("ctt config set launcher.backend local");
}

std::string SlurmCommands::submit(const std::vector<std::string>& words) const {
  // The broker's keys are none of a learner's business, and Slurm keeps the environment of a job.
  std::vector<std::string> argv{"env",
                                "-u",
                                "APCA_API_KEY_ID",
                                "-u",
                                "APCA_API_SECRET_KEY",
                                "-u",
                                "ALPACA_API_KEY",
                                "-u",
                                "ALPACA_SECRET_KEY",
                                "sbatch",
                                "--parsable"};
  argv.insert(argv.end(), words.begin(), words.end());
  const auto said = run(argv);
  std::istringstream in(said);
  for (std::string line; std::getline(in, line);) {
    // `41`, or `41;cluster`
    if (const auto id = line.substr(0, line.find(';')); is_id(id)) return id;
  }
  throw silent("sbatch", "it told no id: " + last_line(said));
}

std::vector<SlurmJob> SlurmCommands::jobs(std::string_view name) const {
  const auto said =
      run({"squeue", "--noheader", "--array", "--states=all", "--sort=i", fmt::format("--name={}", name),
           "--Format=JobArrayID:40,State:20,RestartCnt:10,exit_code:12"});
  std::vector<SlurmJob> found;
  std::istringstream in(said);
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    SlurmJob job;
    int raw = 0;
    if (!(fields >> job.id >> job.state >> job.restarts >> raw) || !is_id(job.id.substr(0, job.id.find('_'))))
      continue;
    job.exit = exit_of(raw);
    found.push_back(std::move(job));
  }
  return found;
}

bool SlurmCommands::ask_to_stop(const std::string& id) const {
  try {
    run({"scancel", "--signal=TERM", "--full", id});
    return true;
  } catch (const Error& error) {
    if (error.failure() != Failure::refused) throw;
    return false;
  }
}

void SlurmCommands::cancel(const std::string& id) const {
  try {
    run({"scancel", id});
  } catch (const Error& error) {
    if (error.failure() != Failure::refused) throw;  // it has ended meanwhile
  }
}

std::string SlurmCommands::run(const std::vector<std::string>& argv) const {
  const std::string& name = argv.front() == "env" ? "sbatch" : argv.front();
  const auto until = std::chrono::steady_clock::now() + limit_;
  const auto left = [&] {
    return std::max(std::chrono::milliseconds(0), std::chrono::duration_cast<std::chrono::milliseconds>(
                                                      until - std::chrono::steady_clock::now()));
  };
  base::Child command({.argv = argv, .errors_with_output = true});
  std::string said;
  while (!command.output_ended() && left().count() > 0) {
    if (const auto line = command.read_line(left())) said += *line + "\n";
  }
  if (!command.ends_within(left()))
    throw silent(name, fmt::format("no answer in {} s", limit_.count() / 1000));
  const auto exit = command.wait();
  if (exit.ok()) return said;
  const auto why = said.empty() ? exit.describe() : last_line(said);
  if (std::ranges::any_of(kPassing, [&](const char* words) { return said.find(words) != std::string::npos; }))
    throw silent(name, why);
  throw Error(Failure::refused, fmt::format("Slurm refused: {}", why));
}

}  // namespace ctt::cycle
