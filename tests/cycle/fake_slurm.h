#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cycle/slurm_launcher.h"

namespace ctt::cycle {

/// Slurm's commands in PATH until the end of the scope, with jobs that are processes of this machine
/// (tests/support/fake_slurm). Jobs that are left run to their end.
class FakeSlurm {
 public:
  explicit FakeSlurm(const std::filesystem::path& folder);
  ~FakeSlurm();
  FakeSlurm(const FakeSlurm&) = delete;
  FakeSlurm& operator=(const FakeSlurm&) = delete;

  /// Makes it behave so: see fake_slurm.py.
  void set(std::string_view behaviour, std::string_view text = "") const;
  void unset(std::string_view behaviour) const;

  /// The states of all jobs, oldest first.
  std::vector<std::string> states() const;
  /// The words that a job was submitted with.
  std::string words(int job) const;

  /// Looks often and waits briefly.
  static SlurmOptions options();

 private:
  std::filesystem::path folder_;
  std::string path_;
};

}  // namespace ctt::cycle
