#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "training/job.h"

namespace ctt::cycle {

/// What decides the result of a training run, as the row of its experiment keeps it (its `config`): enough
/// to train it once more, whatever its pack and dataset say by then.
struct ExperimentSettings {
  std::string hp_pack_id;
  std::string dataset_id;
  training::Pack pack;
  features::FeatureSet features;
  std::string symbol;
  market::Timeframe timeframe;
  std::uint64_t seed = 0;
  std::size_t iterations = 0;
  double learning_rate = 0;
  std::size_t held_back = 0;  ///< the newest bars of the window that the learner does not see
  training::Compute compute;
  std::optional<std::string> parent_experiment_id;
  std::optional<std::int64_t> cycle_number;
  std::string parent_sha256;                  ///< empty: a new policy
  std::optional<market::Costs> parent_costs;  ///< what the parent was trained for; its own are the pack's

  std::string json() const;
  /// Of `json()` without the threads, which change no result: the hash that a checkpoint carries.
  std::string sha256() const;

  /// Throws Error(usage) naming `where` and the key. Rows of earlier versions may lack `threads`,
  /// `cycle_number`, the parent and its costs.
  static ExperimentSettings parse(std::string_view json, const std::string& where);
};

/// What every generation of cycles takes from the experiment that its schedule started from.
struct BaseSettings {
  double learning_rate = 0;
  std::uint64_t seed = 0;

  /// Reads these keys of an experiment's settings alone.
  static BaseSettings parse(std::string_view json, const std::string& where);
};

}  // namespace ctt::cycle
