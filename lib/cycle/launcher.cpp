#include "cycle/launcher.h"

#include <sstream>

#include <fmt/format.h>

#include "base/child.h"
#include "base/error.h"
#include "base/json.h"
#include "base/log.h"

namespace ctt::cycle {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;
using Outcome = LaunchResult::Outcome;

namespace {

constexpr std::chrono::milliseconds kLook{200};  // how often the deadline and the operator are looked at

// A line of the learner: `{"type":"iteration",...}`; other types and text of its libraries pass by.
void hear(const std::string& line, const LaunchOptions& options) {
  if (!line.starts_with(R"({"type":"iteration")")) return;
  try {
    const auto metrics = training::IterationMetrics::parse(line);
    if (options.on_iteration) options.on_iteration(metrics);
  } catch (const Error& error) {
    if (error.failure() != Failure::usage) throw;
    base::log()->warn("a progress line of the learner cannot be read: {}", error.what());
  }
}

// The last line the learner left on standard error, for the sentence about its end.
std::string last_words(const fs::path& job) {
  const auto file = job / "learner.log";
  if (!fs::exists(file)) return "";
  std::istringstream in(base::read_file(file));
  std::string last;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) last = line;
  }
  if (last.empty()) return "";
  // The only library that an installation may lack.
  const bool no_torch = last.find("loading shared libraries: libtorch") != std::string::npos ||
                        last.find("loading shared libraries: libc10") != std::string::npos;
  return ": " + last.substr(0, 300) + (no_torch ? "; apt install libtorch1.13" : "");
}

// `../libexec/ctt/ctt-learn` beside the running program.
fs::path installed_learner(training::Engine engine) {
  const auto program = fs::read_symlink("/proc/self/exe");
  return program.parent_path().parent_path() / "libexec/ctt" /
         (engine == training::Engine::autograd ? "ctt-learn-torch" : "ctt-learn");
}

void require_program(const fs::path& program) {
  if (!program.has_parent_path() || fs::exists(program)) return;  // a bare name is looked for in PATH
  throw Error(Failure::not_found, fmt::format("the learner {} is not installed", program.string()))
      .fix("ctt config set learner.command /path/to/ctt-learn");
}

LaunchResult ended_by_itself(const fs::path& job, const base::ChildExit& exit) {
  if (!fs::exists(job / training::JobFiles::result)) {
    return {Outcome::died,
            fmt::format("the learner ended without a result ({}){}", exit.describe(), last_words(job)),
            std::nullopt};
  }
  auto result = training::Result::read(job);
  const Outcome outcome = result.outcome == training::LearnerOutcome::completed  ? Outcome::completed
                          : result.outcome == training::LearnerOutcome::diverged ? Outcome::diverged
                                                                                 : Outcome::cancelled;
  if (outcome == Outcome::completed && !exit.ok()) {
    return {
        Outcome::died,
        fmt::format("the learner wrote a result and then failed ({}){}", exit.describe(), last_words(job)),
        std::nullopt};
  }
  auto message = result.reason;
  if (outcome == Outcome::cancelled && message.empty()) message = "stopped by the operator";
  return {outcome, std::move(message), std::move(result)};
}

}  // namespace

std::optional<TrainingLock> TrainingLock::try_acquire(const base::Home& home, std::string_view command) {
  auto lock = base::FileLock::try_acquire(home.training_lock(), command);
  if (!lock) return std::nullopt;
  return TrainingLock(std::move(*lock));
}

std::string TrainingLock::holder(const base::Home& home) {
  const auto holder = base::FileLock::holder(home.training_lock());
  if (!holder) return "another training";
  return fmt::format("pid {}, {}, since {}", holder->pid, holder->command, holder->since);
}

LaunchResult launch(const fs::path& job, const base::FileLock& lock, const LaunchOptions& options) {
  auto argv = options.command;
  if (argv.empty()) argv = {installed_learner(training::Job::read(job).compute.engine)};
  require_program(argv.front());
  argv.push_back(job.string());
  const auto deadline = std::chrono::steady_clock::now() + options.deadline;
  base::Child learner(
      {.argv = argv, .stderr_file = job / "learner.log", .inherited_descriptors = {lock.descriptor()}});
  if (options.on_started) options.on_started();

  bool asked = false;
  // A learner that closed its output has not ended yet: deadline and operator are looked at until it has.
  while (!learner.output_ended() || !learner.ends_within(kLook)) {
    if (const auto line = learner.read_line(kLook)) hear(*line, options);
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

std::vector<std::string> learner_command(const std::string& setting) {
  std::vector<std::string> words;
  std::istringstream in(setting);
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

void require_learner(const std::vector<std::string>& command, training::Engine engine) {
  require_program(command.empty() ? installed_learner(engine) : fs::path(command.front()));
}

}  // namespace ctt::cycle
