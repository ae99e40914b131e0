#include "cycle/slurm_training.h"

#include <thread>

#include <fmt/format.h>

#include "base/error.h"
#include "base/log.h"

namespace ctt::cycle {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;
using Outcome = LaunchResult::Outcome;
using training::JobFiles;

namespace {

constexpr std::chrono::milliseconds kTick{100};       // how often folder, deadline and operator are looked at
constexpr std::chrono::milliseconds kHurry{250};      // between looks at the queue once a result is there
constexpr std::chrono::milliseconds kAskAgain{5000};  // a node that is just starting the job loses the signal
constexpr std::chrono::milliseconds kOnItsWay{2000};  // for what a killed sbatch had sent already
constexpr std::size_t kAgainMax = 3;

bool passing(const Error& error) { return error.failure() == Failure::unreachable; }

// Of lasting silence: the journal keeps the job.
Error given_up(const SlurmEntry& entry, const Error& last) {
  return Error(Failure::internal,
               fmt::format("the Slurm job {} is left to the next run, because it cannot be reached: {}",
                           entry.id.empty() ? entry.name : entry.id, last.what()));
}

}  // namespace

SlurmTraining::SlurmTraining(const SlurmJournal& journal, SlurmEntry entry, const SlurmOptions& with,
                             const LaunchOptions& options)
    : journal_(journal),
      entry_(std::move(entry)),
      with_(with),
      options_(options),
      commands_(with.command_limit),
      output_(options),
      progress_(entry_.folder / "progress.jsonl") {}

LaunchResult SlurmTraining::run() {
  submit();
  if (options_.on_started) options_.on_started();
  return wait();
}

LaunchResult SlurmTraining::take_over() {
  base::log()->info("the Slurm job {} of an earlier run is taken over", entry_.name);
  if (entry_.id.empty() && !find_submitted()) {
    return {Outcome::died, "its process ended before the job was submitted to Slurm", std::nullopt};
  }
  if (options_.on_started) options_.on_started();
  return wait();
}

void SlurmTraining::submit() {
  const auto give_up = Clock::now() + with_.controller_patience;
  bool doubtful = false;  // whether an attempt that failed has come through all the same
  while (true) {
    try {
      if (!doubtful || !find_submitted()) note_submitted(commands_.submit(entry_.submit));
      watched_ = true;
      return;
    } catch (const Error& error) {
      if (error.failure() == Failure::refused) journal_.remove(entry_.folder);
      if (!passing(error)) throw;
      if (!doubtful) base::log()->warn("{}; it is asked again", error.what());
      doubtful = true;
      if (Clock::now() >= give_up || options_.stop_count() > 0) throw given_up(entry_, error);
      std::this_thread::sleep_for(kTick);
    }
  }
}

// Whether Slurm has a job of that name which is not one of the lost: an sbatch that was killed, or did not hear the
// answer, may have submitted it.
bool SlurmTraining::find_submitted() {
  const auto give_up = Clock::now() + with_.controller_patience;
  for (int look = 0; look < 2;) {
    try {
      for (const auto& job : commands_.jobs(entry_.name)) {
        if (std::ranges::find(entry_.lost, job.id) != entry_.lost.end()) continue;
        note_submitted(job.id);
        return true;
      }
      if (++look < 2) std::this_thread::sleep_for(kOnItsWay);
    } catch (const Error& error) {
      if (!passing(error)) throw;
      if (Clock::now() >= give_up || options_.stop_count() > 0) throw given_up(entry_, error);
      std::this_thread::sleep_for(kTick);
    }
  }
  return false;
}

void SlurmTraining::note_submitted(const std::string& id) {
  entry_.id = id;
  journal_.write(entry_);
  base::log()->info("{} is Slurm job {}", entry_.folder.string(), id);
  job_.reset();
  answered_ = false;
  last_look_ = {};
}

LaunchResult SlurmTraining::wait() {
  while (true) {
    progress_.read_new([&](const std::string& line) { output_.take(line); });
    look();
    if (ended()) {
      if (begin_again()) continue;
      return end();
    }
    if (auto over = obey()) return *over;
    std::this_thread::sleep_for(kTick);
  }
}

void SlurmTraining::look() {
  const auto now = Clock::now();
  const bool has_result = fs::exists(entry_.folder / JobFiles::result);
  if (now < last_look_ + (has_result ? std::min(kHurry, with_.look) : with_.look)) return;
  last_look_ = now;
  std::error_code ignored;
  fs::directory_iterator(entry_.folder, ignored);  // makes NFS show what is new in it
  try {
    const auto jobs = commands_.jobs(entry_.name);
    const auto found = std::ranges::find(jobs, entry_.id, &SlurmJob::id);
    job_ = found == jobs.end() ? std::nullopt : std::optional(*found);
    answered_ = true;
    watched_ = watched_ || job_;
    silent_since_.reset();
  } catch (const Error& error) {
    if (!passing(error)) throw;
    if (!silent_since_) base::log()->warn("{}; the training goes on", error.what());
    silent_since_ = silent_since_.value_or(now);
    if (asked_ && now - *silent_since_ > with_.controller_patience) throw given_up(entry_, error);
  }
  if (job_ && job_->running() && !running_since_) running_since_ = now;
  if (job_ && job_->pending()) running_since_.reset();
}

// A result of a job that is completing will do: its learner has ended, and what is left is Slurm's. So does one of
// a job that nobody can be asked about.
bool SlurmTraining::ended() const {
  const bool has_result = fs::exists(entry_.folder / JobFiles::result);
  if (silent_since_) return has_result && Clock::now() - *silent_since_ > with_.controller_patience;
  if (!answered_) return false;
  if (!job_ || !job_->active()) return true;
  return has_result && job_->state == "COMPLETING";
}

// Slurm begins a lost job again by itself where it is set up so; otherwise it is submitted once more. So is one that
// vanished while it was watched: a controller that is killed forgets what it did not save, and ends what it does
// not know.
bool SlurmTraining::begin_again() {
  const bool lost = job_ ? job_->lost() : watched_;
  if (!lost || asked_ || overdue_since_ || (result_comes() && !cut_short())) return false;
  const auto restarts = job_ ? static_cast<std::size_t>(job_->restarts) : 0;
  if (entry_.lost.size() + restarts >= kAgainMax) return false;
  base::log()->warn("{}; it is submitted again", how());
  entry_.lost.push_back(entry_.id);
  entry_.id.clear();
  journal_.write(entry_);
  fs::remove(entry_.folder / JobFiles::result);
  running_since_.reset();
  submit();
  return true;
}

// What the operator, the deadline and the number of restarts ask for.
std::optional<LaunchResult> SlurmTraining::obey() {
  const int stops = options_.stop_count();
  if (stops > 1) {
    cancel();
    return LaunchResult{Outcome::cancelled, "stopped at once by the operator", std::nullopt};
  }
  if (stops == 1) {
    asked_ = true;
    ask();
  }
  const auto now = Clock::now();
  if (running_since_ && !overdue_since_ && now - *running_since_ >= options_.deadline) overdue_since_ = now;
  if (overdue_since_) {
    if (now - *overdue_since_ < options_.grace) {
      ask();
    } else {
      cancel();
      return end();
    }
  }
  if (job_ && (job_->held() || job_->restarts > static_cast<int>(kAgainMax))) {
    const auto told = fmt::format("Slurm began the learner {} times and does not bring it to its end ({}){}",
                                  job_->restarts + 1, job_->describe(), last_words(entry_.folder));
    cancel();
    return LaunchResult{Outcome::died, told, std::nullopt};
  }
  return std::nullopt;
}

// One that waits in the queue has nothing to save.
void SlurmTraining::ask() {
  if (Clock::now() < next_ask_) return;
  next_ask_ = Clock::now() + kAskAgain;
  try {
    if (job_ && job_->pending())
      commands_.cancel(entry_.id);
    else
      commands_.ask_to_stop(entry_.id);
    last_look_ = {};
  } catch (const Error& error) {
    if (!passing(error)) throw;
    base::log()->warn("{}; it is asked again", error.what());
  }
}

// Ends the job and waits until nothing of it is left.
void SlurmTraining::cancel() {
  const auto give_up = Clock::now() + with_.controller_patience;
  for (auto next = Clock::time_point{};;) {
    try {
      if (Clock::now() >= next) {
        commands_.cancel(entry_.id);
        next = Clock::now() + kAskAgain;
      }
      const auto jobs = commands_.jobs(entry_.name);
      const auto found = std::ranges::find(jobs, entry_.id, &SlurmJob::id);
      if (found == jobs.end() || !found->active()) return;
    } catch (const Error& error) {
      if (!passing(error)) throw;
      if (Clock::now() >= give_up || options_.stop_count() > 2) throw given_up(entry_, error);
    }
    std::this_thread::sleep_for(kHurry);
  }
}

// What a node wrote may be seen here some seconds later.
bool SlurmTraining::result_comes() const {
  const auto until = Clock::now() + with_.share_patience;
  while (!fs::exists(entry_.folder / JobFiles::result)) {
    const bool none_to_come =
        job_ && (job_->lost() || job_->exit.signal != 0 || job_->state == "OUT_OF_MEMORY" ||
                 job_->state == "CANCELLED" || job_->state == "DEADLINE");
    if (none_to_come || Clock::now() >= until) return false;
    std::this_thread::sleep_for(kTick);
    std::error_code ignored;
    fs::directory_iterator(entry_.folder, ignored);  // makes NFS look again
  }
  return true;
}

// Whether the learner saved what it had because Slurm, not the operator, asked it to stop.
bool SlurmTraining::cut_short() const {
  return !asked_ && training::Result::read(entry_.folder).outcome == training::LearnerOutcome::cancelled;
}

std::string SlurmTraining::how() const {
  return job_ ? job_->describe() : fmt::format("Slurm job {} is gone", entry_.id);
}

LaunchResult SlurmTraining::end() {
  if (overdue_since_) {
    return {Outcome::timed_out,
            fmt::format("the training was stopped at its deadline of {}", base::to_words(options_.deadline)),
            std::nullopt};
  }
  const bool too_long = job_ && (job_->state == "TIMEOUT" || job_->state == "DEADLINE");
  const bool written = result_comes();
  progress_.read_new([&](const std::string& line) { output_.take(line); });
  if (written && (too_long || (job_ && job_->lost())) && cut_short()) {
    return {too_long ? Outcome::timed_out : Outcome::died,
            fmt::format("the training was cut short ({})", how()), std::nullopt};
  }
  if (written) {
    const bool sound = !job_ || job_->exit.ok() || job_->lost();
    return result_of(entry_.folder, sound ? "" : how());
  }
  if (asked_) return {Outcome::cancelled, "stopped by the operator before anything was saved", std::nullopt};
  return {too_long ? Outcome::timed_out : Outcome::died,
          fmt::format("the learner ended without a result ({}){}", how(), output_.last_words(entry_.folder)),
          std::nullopt};
}

}  // namespace ctt::cycle
