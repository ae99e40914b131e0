#pragma once

#include "environment/episode_core.h"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace ctt::environment {

/// One environment, stepped by hand: `ctt simulate`, backtests and tests.
/// A step at row i carries the action out (at close[i] or open[i+1]), then bar i+1 arrives.
///
///     Episode policy_run(data, settings);               // from the first full window
///     while (!policy_run.done()) { policy_run.observe(window); policy_run.step(decide(window)); }
///
///     auto script = Episode::scripted(candles, settings);  // from row 0, no features, no limits
///     for (int action : actions) script.step(action);
class Episode {
 public:
  using Step = StepResult;

  /// Starts at row `start` (default: the first row whose window is full); random_start_pct is not
  /// used. Throws Error(usage) for settings out of range, Error(data_blocked) when there is no
  /// row after `start`.
  Episode(std::shared_ptr<const MarketData> data, const EpisodeSettings& settings,
          std::optional<std::size_t> start = std::nullopt);
  /// A run over bare candles from row 0 to their end: no features, no loss or step limit.
  static Episode scripted(std::vector<market::Candle> candles, EpisodeSettings settings);
  ~Episode();
  Episode(Episode&&) noexcept;
  Episode& operator=(Episode&&) noexcept;

  std::size_t row() const;  ///< the bar that is acted on next
  bool done() const;
  std::size_t observation_size() const;
  /// The window up to and including `row`, oldest row first, then the account columns.
  /// Throws std::invalid_argument for a buffer of another size or a row without a full window.
  void observe(std::span<float> out) const;
  /// Throws std::invalid_argument for an unknown action, or when the episode is done.
  Step step(int action);
  const Account& account() const;
  const EpisodeStats& stats() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ctt::environment
