#pragma once

#include "environment/episode_core.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace ctt::environment {

/// Many environments over the same data, stepped together. Nothing is allocated per step.
///
/// `observe` -> choose actions -> `step`, over and over. An environment whose episode ended starts
/// its next one within the same `step`; `observe` then shows the new episode, and
/// `final_observation` the last state of the old one (its value bootstraps a truncated episode).
/// A learner that keeps rollouts needs no windows: `rows` and `account_values` say what each
/// observation is made of, and MarketData::window gives its features.
/// One thread at a time; the random stream of environment k depends on the seed and k alone.
class VectorEnvironment {
 public:
  /// Starts an episode in every environment. Throws Error(usage) for settings out of range,
  /// Error(data_blocked) when the data have no step after the first full window.
  VectorEnvironment(std::shared_ptr<const MarketData> data, EpisodeSettings settings, std::size_t count,
                    std::uint64_t seed);
  ~VectorEnvironment();

  std::size_t count() const;
  std::size_t observation_size() const;
  int action_count() const;
  const std::shared_ptr<const MarketData>& data() const;
  const EpisodeSettings& settings() const;

  /// Starts an episode in every environment; the random streams go on. Statistics of the
  /// unfinished episodes are dropped.
  void reset();
  /// Fills `out` [count x observation_size].
  void observe(std::span<float> out) const;
  /// One step of every environment: `actions` [count] in; `rewards`, `terminated` (loss limit),
  /// `truncated` (step limit or end of data, never with `terminated`) [count] out.
  /// Throws std::invalid_argument for other sizes or an unknown action.
  void step(std::span<const int> actions, std::span<float> rewards, std::span<std::uint8_t> terminated,
            std::span<std::uint8_t> truncated);
  /// The last observation of the episode that ended in the latest step of environment `index`,
  /// [observation_size]. Until an episode has ended there, zeros.
  std::span<const float> final_observation(std::size_t index) const;

  /// The row each environment stands at, [count]: its observation's window ends there.
  std::span<const std::size_t> rows() const;
  /// The account columns of each environment's observation, [count x kAccountColumns]; empty when
  /// the settings have none.
  std::span<const float> account_values() const;

  /// The statistics of the episodes that ended since the last call, in order of time.
  std::vector<EpisodeStats> take_finished();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ctt::environment
