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

/// Numbers of one iteration, as the learner prints them (one JSON object a line on standard output,
/// `{"type":"iteration",...}`) and the store keeps them. The means of episodes go over the last
/// hundred that ended; they are NaN (null in JSON) while none has. All of them are in-sample.
struct IterationMetrics {
  std::size_t iteration = 0;  ///< 1 ..
  std::size_t total_iterations = 0;
  double episode_return_mean = 0;
  double pnl_mean = 0, pnl_pct_mean = 0, net_worth_mean = 0;
  double trade_count_mean = 0, buy_count_mean = 0, sell_count_mean = 0, hold_count_mean = 0;
  double hold_ratio_mean = 0, trade_ratio_mean = 0, pnl_per_trade_mean = 0;
  double buy_sell_imbalance_mean = 0;  ///< (buys - sells)/(buys + sells)
  double kl = 0, entropy = 0, policy_loss = 0, vf_loss = 0, total_loss = 0;
  double kl_coeff = 0, lr = 0;
  double steps_per_s = 0, collect_s = 0, update_s = 0;

  std::string json() const;
  /// Throws Error(usage): a line of another kind, a missing or an unknown key.
  static IterationMetrics parse(std::string_view json);
};

enum class LearnerOutcome { completed, diverged, cancelled };
std::string_view name(LearnerOutcome outcome);

/// `result.json`: how the learner ended, when it could say so itself.
struct Result {
  LearnerOutcome outcome = LearnerOutcome::completed;
  std::string reason;  ///< a sentence when diverged or cancelled
  std::size_t iterations = 0;
  IterationMetrics last;
  double learning_rate = 0;  ///< read back from the optimiser
  double kl_coeff = 0;
  bool optimizer_restored = false;  ///< the parent's Adam moments were continued
  bool kl_coeff_restored = false;   ///< and its kl_coeff
  double train_s = 0;
  std::string checkpoint_sha256;  ///< of checkpoint.safetensors; empty when there is none

  static Result read(const std::filesystem::path& folder);
  void write(const std::filesystem::path& folder) const;
};

}  // namespace ctt::training
