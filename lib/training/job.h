#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "market/window.h"
#include "policy/checkpoint.h"
#include "training/pack.h"

namespace ctt::training {

/// One training run as a folder: all that the learner needs, and in the end all it made. The learner
/// is a pure function of it, so the folder can be carried to another machine.
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
  int threads = 1;
  policy::Lineage lineage;   ///< what of it is known before; the learner adds learning_rate

  static Job read(const std::filesystem::path& folder);
  void write(const std::filesystem::path& folder) const;
};

/// Numbers of one iteration, as the learner prints them (one JSON object a line on standard output,
/// `{"type":"iteration",...}`) and the store keeps them.
struct IterationMetrics {
  std::size_t iteration = 0;  ///< 1 ..
  std::size_t total_iterations = 0;
  double episode_return_mean = 0;  ///< NaN while no episode has ended
  double pnl_mean = 0, pnl_pct_mean = 0, net_worth_mean = 0;
  double trade_count_mean = 0, buy_count_mean = 0, sell_count_mean = 0, hold_count_mean = 0;
  double hold_ratio_mean = 0, trade_ratio_mean = 0, pnl_per_trade_mean = 0;
  double kl = 0, entropy = 0, policy_loss = 0, vf_loss = 0, total_loss = 0;
  double kl_coeff = 0, lr = 0;
  double steps_per_s = 0, collect_s = 0, update_s = 0;

  std::string json() const;
  static IterationMetrics parse(std::string_view json);
};

enum class Outcome { completed, diverged, cancelled };
std::string_view name(Outcome outcome);

/// `result.json`: how the learner ended, when it could say so itself.
struct Result {
  Outcome outcome = Outcome::completed;
  std::string reason;  ///< a sentence when diverged
  std::size_t iterations = 0;
  IterationMetrics last;
  double learning_rate = 0;  ///< read back from the optimiser
  double kl_coeff = 0;
  double train_s = 0;
  std::string checkpoint_sha256;  ///< of checkpoint.safetensors; empty when there is none

  static Result read(const std::filesystem::path& folder);
  void write(const std::filesystem::path& folder) const;
};

}  // namespace ctt::training
