#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/child.h"
#include "cycle/launcher.h"

namespace ctt::cycle {

/// Learners that stay for the next training, for whoever has many: starting one, and the products that oneDNN
/// compiles for it, takes as long as half an iteration of a small network. They are children of this process; the
/// results are those of one learner a training. A training by the engine autograd, and one whose learner
/// `options.command` names, is the local launcher's.
///
/// Thread-safe: each thread has a learner of its own, since the kernel ends a child with the thread that made it
/// (PR_SET_PDEATHSIG), not with the process. All trainings are under one lock. The learners end with this object.
class ResidentLauncher : public Launcher {
 public:
  /// `words` start a learner that stays: it reads a job folder a line from its standard input.
  explicit ResidentLauncher(std::vector<std::string> words) : words_(std::move(words)) {}

  void require(const LaunchOptions& options, const training::Compute& compute) const override;
  LaunchResult launch(const std::filesystem::path& job, const base::FileLock& lock,
                      const LaunchOptions& options) override;

 private:
  std::unique_ptr<base::Child> take(const base::FileLock& lock);
  void give_back(std::unique_ptr<base::Child> learner);

  std::vector<std::string> words_;
  std::mutex mutex_;
  std::map<std::thread::id, std::unique_ptr<base::Child>> idle_;  ///< by the thread that made them
};

/// With the fast engine's learner of this installation.
std::shared_ptr<Launcher> resident_launcher();

}  // namespace ctt::cycle
