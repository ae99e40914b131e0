#include "cycle/resident_launcher.h"

#include <fmt/format.h>

#include "base/json.h"
#include "cycle/learner_output.h"
#include "cycle/learner_watch.h"

namespace ctt::cycle {

namespace fs = std::filesystem;
using Outcome = LaunchResult::Outcome;

namespace {

constexpr std::chrono::milliseconds kLook{200};

LaunchResult died(const fs::path& job, const std::string& how, const LearnerOutput& output) {
  return {Outcome::died,
          fmt::format("the learner ended without a result ({}){}", how, output.last_words(job)),
          std::nullopt};
}

// What a learner that does one training would have exited with.
std::string exit_of(const std::string& error_line) {
  auto json = base::JsonValue::parse(error_line, "the learner's last words").as_object();
  return base::ChildExit{.status = static_cast<int>(json.integer("exit"))}.describe();
}

}  // namespace

std::shared_ptr<Launcher> resident_launcher() {
  auto words = learner_words({}, training::Engine::fast);
  words.emplace_back("--resident");
  return std::make_shared<ResidentLauncher>(std::move(words));
}

void ResidentLauncher::require(const LaunchOptions& options, const training::Compute& compute) const {
  local_launcher()->require(options, compute);
}

LaunchResult ResidentLauncher::launch(const fs::path& job, const base::FileLock& lock,
                                      const LaunchOptions& options) {
  const auto engine = training::Job::read(job).compute.engine;
  if (!options.command.empty() || engine != training::Engine::fast)
    return local_launcher()->launch(job, lock, options);
  auto learner = take(lock);
  learner->write_line(fs::absolute(job).string());
  if (options.on_started) options.on_started();

  LearnerOutput output(options);
  LearnerWatch watch(*learner, options);
  while (!learner->output_ended() || !learner->ends_within(kLook)) {
    if (const auto line = learner->read_line(kLook)) {
      output.take(*line);
      const bool failed = line->starts_with(R"({"type":"error")");
      if (failed || line->starts_with(R"({"type":"finished")")) {
        give_back(std::move(learner));
        return failed ? died(job, exit_of(*line), output) : result_of(job, "");
      }
    }
    if (auto end = watch.look()) return *end;
  }
  return died(job, learner->wait().describe(), output);
}

std::unique_ptr<base::Child> ResidentLauncher::take(const base::FileLock& lock) {
  {
    const std::scoped_lock guard(mutex_);
    auto learner = std::move(idle_[std::this_thread::get_id()]);
    if (learner && !learner->ends_within(std::chrono::milliseconds(0))) return learner;
  }
  return std::make_unique<base::Child>(base::Child::Options{
      .argv = words_, .inherited_descriptors = {lock.descriptor()}, .takes_input = true});
}

void ResidentLauncher::give_back(std::unique_ptr<base::Child> learner) {
  const std::scoped_lock guard(mutex_);
  idle_[std::this_thread::get_id()] = std::move(learner);
}

}  // namespace ctt::cycle
