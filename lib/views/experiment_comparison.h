#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "store/experiments.h"

namespace ctt::views {

/// One value of two training runs under its path, `training_config.lr`: JSON texts, nothing where a run
/// has no such value.
struct ComparedValue {
  std::string path;
  std::array<std::optional<std::string>, 2> texts;
};

struct ExperimentComparison {
  std::vector<ComparedValue> settings;  ///< those that differ
  std::vector<ComparedValue> metrics;   ///< of the end, all of them; in-sample
};

/// Where two training runs differ, and what came of it. In the order of the paths.
ExperimentComparison compare(const store::Experiment& a, const store::Experiment& b);

}  // namespace ctt::views
