#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "training/metrics.h"

namespace ctt::training {

/// How a training run ended, as far as the learner could tell: `diverged` when its numbers ran away,
/// `cancelled` when it was told to stop.
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
