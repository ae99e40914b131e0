#include "cycle/learner_output.h"

#include <sstream>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"

namespace ctt::cycle {

namespace fs = std::filesystem;
using base::Error;
using Outcome = LaunchResult::Outcome;

void LearnerOutput::take(const std::string& line) {
  if (line.starts_with(R"({"type":"error")")) {
    error_ = base::JsonValue::parse(line, "the learner's last words").as_object().string("message");
    return;
  }
  if (!line.starts_with(R"({"type":"iteration")")) return;
  try {
    const auto metrics = training::IterationMetrics::parse(line);
    if (metrics.iteration <= heard_) return;
    heard_ = metrics.iteration;
    if (options_.on_iteration) options_.on_iteration(metrics);
  } catch (const Error& error) {
    if (error.failure() != base::Failure::usage) throw;
    base::log()->warn("a progress line of the learner cannot be read: {}", error.what());
  }
}

std::string LearnerOutput::last_words(const fs::path& job) const {
  const auto logged = cycle::last_words(job);
  return logged.empty() && !error_.empty() ? ": " + error_ : logged;
}

std::string last_words(const fs::path& job) { return last_line_of(job / "learner.log"); }

std::string last_line_of(const fs::path& log) {
  if (!fs::exists(log)) return "";
  std::istringstream in(base::read_file(log));
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

LaunchResult result_of(const fs::path& job, const std::string& failed) {
  auto result = training::Result::read(job);
  const Outcome outcome = result.outcome == training::LearnerOutcome::completed  ? Outcome::completed
                          : result.outcome == training::LearnerOutcome::diverged ? Outcome::diverged
                                                                                 : Outcome::cancelled;
  if (outcome == Outcome::completed && !failed.empty()) {
    return {Outcome::died,
            fmt::format("the learner wrote a result and then failed ({}){}", failed, last_words(job)),
            std::nullopt};
  }
  auto message = result.reason;
  if (outcome == Outcome::cancelled && message.empty()) message = "stopped by the operator";
  return {outcome, std::move(message), std::move(result)};
}

}  // namespace ctt::cycle
