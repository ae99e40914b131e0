#pragma once

#include <filesystem>
#include <string>

#include "cycle/launcher.h"

namespace ctt::cycle {

/// Takes a line of the learner's standard output: an iteration is told of, once however often it comes; other types
/// and text of its libraries pass by. A line that cannot be read is logged.
class LearnerOutput {
 public:
  explicit LearnerOutput(const LaunchOptions& options)
      : options_(options), heard_(options.iterations_heard) {}

  void take(const std::string& line);

  /// `: text` for the sentence about an end: the last line of the job's log that says something, or where the log could
  /// not be written what the learner said on its output; empty without either.
  std::string last_words(const std::filesystem::path& job) const;

 private:
  const LaunchOptions& options_;
  std::size_t heard_;
  std::string error_;
};

/// `: text`: the last line of a log that says something, for the sentence about an end; empty without one.
std::string last_line_of(const std::filesystem::path& log);
/// That of the `learner.log` of a job folder.
std::string last_words(const std::filesystem::path& job);

/// How a learner ended, by the result that it wrote, which must be there. `failed` tells of an end that no learner
/// with a result comes to (`killed by signal 9`), and is empty otherwise.
LaunchResult result_of(const std::filesystem::path& job, const std::string& failed);

}  // namespace ctt::cycle
