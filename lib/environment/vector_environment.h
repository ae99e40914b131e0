#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "environment/action_scheme.h"
#include "environment/market_data.h"

namespace ctt::environment {

/// What an episode came to.
struct EpisodeStats {
  double reward_sum = 0;
  double net_worth = 0;
  double pnl = 0;
  std::size_t steps = 0;
  std::size_t trades = 0, buys = 0, sells = 0, holds = 0;
};

/// Many environments over the same data, stepped together. Nothing is allocated per step.
///
/// `observe` -> choose actions -> `step`, over and over. An environment whose episode ended starts
/// its next one within the same `step`; `observe` then shows the new episode, and
/// `final_observation` the last state of the old one (its value bootstraps a truncated episode).
/// One thread at a time; the random stream of environment k depends on the seed and k alone.
class VectorEnvironment {
 public:
  VectorEnvironment(std::shared_ptr<const MarketData> data, Settings settings, std::size_t count, std::uint64_t seed);
  ~VectorEnvironment();

  std::size_t count() const;
  std::size_t observation_size() const;
  int action_count() const;

  /// Starts an episode in every environment.
  void reset();
  /// Fills `out` [count x observation_size].
  void observe(std::span<float> out) const;
  /// One step of every environment: `actions` [count] in; `rewards`, `terminated` (loss limit),
  /// `truncated` (step limit or end of data) [count] out.
  void step(std::span<const int> actions, std::span<float> rewards, std::span<std::uint8_t> terminated,
            std::span<std::uint8_t> truncated);
  /// The last observation of the episode that ended in the latest step of environment `index`, [observation_size].
  std::span<const float> final_observation(std::size_t index) const;

  /// The statistics of the episodes that ended since the last call.
  std::vector<EpisodeStats> take_finished();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ctt::environment
