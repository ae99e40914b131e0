#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "market/window.h"
#include "policy/checkpoint.h"
#include "training/compute.h"
#include "training/pack.h"

namespace ctt::training {

/// One training run as a folder: all that the learner needs, and in the end all it made. The learner
/// is a pure function of it, so the folder can be carried to another machine (docs/job-folder.md).
///
///   in   job.json  candles.csv (a snapshot)  [parent.safetensors  [parent.optimizer.safetensors]]
///   out  checkpoint.safetensors  optimizer.safetensors  result.json
struct Job {
  Pack pack;
  features::FeatureSet features;
  std::string symbol;
  market::Timeframe timeframe;
  std::uint64_t seed = 0;
  std::size_t iterations = 0;
  double learning_rate = 0;  ///< effective: base rate x multiplier when fine-tuning
  bool fine_tune = false;    ///< a parent lies in the folder
  Compute compute;
  std::size_t held_back = 0;  ///< newest bars of the candles that the learner does not look at
  policy::Lineage lineage;    ///< what of it is known before; the learner adds seed and learning_rate

  /// What the policy will be trained for, and a parent must have been trained for.
  policy::Contract contract() const;

  /// Reads `job.json`. Throws Error(not_found) without one, Error(usage) naming the key.
  static Job read(const std::filesystem::path& folder);
  /// The text of `job.json`, all of what it says on one line.
  std::string json() const;
  /// Writes `job.json`; the candles and the parent are the caller's to put beside it.
  void write(const std::filesystem::path& folder) const;
};

/// The names of the files in a job folder.
struct JobFiles {
  static constexpr auto job = "job.json";
  static constexpr auto candles = "candles.csv";
  static constexpr auto parent = "parent.safetensors";
  static constexpr auto parent_optimizer = "parent.optimizer.safetensors";
  static constexpr auto checkpoint = "checkpoint.safetensors";
  static constexpr auto optimizer = "optimizer.safetensors";
  static constexpr auto result = "result.json";
};

}  // namespace ctt::training
