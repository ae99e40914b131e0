#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "replay/lineage.h"

namespace ctt::replay {

/// One combination of settings that somebody tried on a dataset.
struct Trial {
  std::string key;    ///< of the grid point
  double sharpe = 0;  ///< of one bar, of the arm that the replay is about
};

std::string json_of(const std::vector<Trial>& trials);
/// Throws Error(usage) naming `where`.
std::vector<Trial> parse_trials(std::string_view json, const std::string& where);
/// Both, each key once; the later one stays.
std::vector<Trial> joined(std::vector<Trial> earlier, const std::vector<Trial>& later);

/// Whether a Sharpe ratio is more than luck, and more than the best luck among all that was tried.
struct SharpeTest {
  Arm arm = Arm::never;
  std::optional<double> sharpe{}, probabilistic{}, deflated{};  ///< a year; shares
  std::size_t trials = 1;
  std::optional<double> minimum_track_record_years{};  ///< until `probabilistic` is 0.95
};
SharpeTest sharpe_test(Arm arm, const std::vector<double>& returns, const std::vector<Trial>& trials,
                       double bars_a_year);

/// Of one bar; 0 where it is not defined.
double bar_sharpe(const std::vector<double>& returns);

}  // namespace ctt::replay
