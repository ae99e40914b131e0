#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "alpaca/backoff.h"

namespace ctt::alpaca {

/// When to connect to a stream again, and how often to say why.
///
/// `lost` and `refused` say that a connection ended and set the time of the next one: the waits grow with
/// full jitter, and after a refusal none is shorter than `refused_wait_min`. They begin anew only when a
/// connection has shown that it is healthy: it delivered something, or served for `healthy_after`. A greeting or
/// an acknowledgement shows nothing, because a server in trouble sends those and closes.
///
///     waiting -> (due) connecting -> serving() -> delivered(), or healthy_after: the waits begin anew
///        ^------------- lost(), refused() ----------'
///
/// Each reason is logged once and counted; the counts are told when the stream is healthy again.
///
/// One thread. Time is the caller's, so that a test needs none.
class Reconnect {
 public:
  using Steady = std::chrono::steady_clock;

  struct Options {
    Backoff::Bounds waits{std::chrono::milliseconds(1'000), std::chrono::milliseconds(60'000),
                          std::chrono::milliseconds(500)};
    std::chrono::milliseconds refused_wait_min{5'000};  ///< a server that says no is not asked sooner
    std::chrono::milliseconds healthy_after{60'000};    ///< a connection that served for so long is healthy
  };

  /// `name` begins the log's sentences: `the bar stream of HOST`.
  Reconnect(std::string name, Options options, std::uint64_t seed = Backoff::random_seed());

  bool due(Steady::time_point now) const { return now >= due_at_; }

  /// The server accepted us: it serves from now on.
  void serving(Steady::time_point now);
  /// It delivered what we came for.
  void delivered();
  /// To be called while a connection serves: notices when it has done so for long enough.
  void watch(Steady::time_point now);

  void lost(Steady::time_point now, const std::string& reason);
  void refused(Steady::time_point now, const std::string& reason);

  std::size_t failures() const { return failures_; }  ///< since the stream was healthy
  std::size_t refusals() const { return refusals_; }  ///< of those, what the server said no to
  std::size_t refusals_total() const { return refusals_total_; }

 private:
  void schedule(Steady::time_point now, const std::string& reason, std::chrono::milliseconds wait_min);
  void mark_healthy();

  std::string name_;
  Options options_;
  Backoff backoff_;
  Steady::time_point due_at_;  // the clock's beginning: at once
  std::optional<Steady::time_point> serving_since_;
  std::map<std::string, std::size_t> reasons_;  // since the stream was healthy
  std::size_t failures_ = 0;
  std::size_t refusals_ = 0;
  std::size_t refusals_total_ = 0;
};

}  // namespace ctt::alpaca
