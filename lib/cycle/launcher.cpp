#include "cycle/launcher.h"

#include <sstream>

#include <fmt/format.h>

#include "base/error.h"

namespace ctt::cycle {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;

namespace {

// `../libexec/ctt/ctt-learn` beside the running program.
fs::path installed_learner(training::Engine engine) {
  const auto program = fs::read_symlink("/proc/self/exe");
  return program.parent_path().parent_path() / "libexec/ctt" /
         (engine == training::Engine::autograd ? "ctt-learn-torch" : "ctt-learn");
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
  return options.launcher->launch(job, lock, options);
}

std::vector<std::string> learner_command(const std::string& setting) {
  std::vector<std::string> words;
  std::istringstream in(setting);
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::vector<std::string> learner_words(const std::vector<std::string>& command, training::Engine engine) {
  return command.empty() ? std::vector{installed_learner(engine).string()} : command;
}

void require_learner(const std::vector<std::string>& command, training::Engine engine) {
  const fs::path program = learner_words(command, engine).front();
  if (!program.has_parent_path() || fs::exists(program)) return;  // a bare name is looked for in PATH
  const auto remedy = fmt::format("ctt config set {} /path/to/ctt-learn", "learner.command");
  throw Error(Failure::not_found, fmt::format("the learner {} is not installed", program.string()))
      .fix(remedy);
}

}  // namespace ctt::cycle
