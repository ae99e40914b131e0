#pragma once

#include "cycle/launcher.h"

namespace ctt::cycle {

/// The learner as a child of this process: fork and exec, progress lines from its standard output, SIGTERM and then
/// SIGKILL. It dies with its parent. Any thread may launch; each launch is its own.
class LocalLauncher : public Launcher {
 public:
  void require(const LaunchOptions& options, const training::Compute& compute) const override;
  LaunchResult launch(const std::filesystem::path& job, const base::FileLock& lock,
                      const LaunchOptions& options) override;
};

}  // namespace ctt::cycle
