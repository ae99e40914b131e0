#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/experiments.h"

namespace ctt::views {

/// One value of several training runs under its path, `training_config.lr`: JSON texts in the order of the runs,
/// nothing where a run has no such value.
struct ComparedValue {
  std::string path;
  std::vector<std::optional<std::string>> texts;

  bool differs() const;
};

struct ExperimentComparison {
  std::vector<ComparedValue> settings;  ///< those that differ first
  std::vector<ComparedValue> metrics;   ///< of the end; in-sample
};

/// Where training runs differ, and what came of it. In the order of the paths.
ExperimentComparison compare(std::span<const store::Experiment> experiments);

}  // namespace ctt::views
