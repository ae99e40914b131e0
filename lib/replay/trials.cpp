#include "replay/trials.h"

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "evaluation/sharpe_tests.h"

namespace ctt::replay {

std::string json_of(const std::vector<Trial>& trials) {
  base::JsonWriter json;
  json.array();
  for (const auto& trial : trials) json.object().field("key", trial.key).field("sharpe", trial.sharpe).end();
  return json.end().text();
}

std::vector<Trial> parse_trials(std::string_view text, const std::string& where) {
  std::vector<Trial> trials;
  for (const auto& entry : base::JsonValue::parse(text, where).as_array()) {
    auto object = entry.as_object();
    trials.push_back({.key = object.string("key"), .sharpe = object.number("sharpe")});
  }
  return trials;
}

std::vector<Trial> joined(std::vector<Trial> earlier, const std::vector<Trial>& later) {
  for (const auto& trial : later) {
    std::erase_if(earlier, [&](const Trial& known) { return known.key == trial.key; });
    earlier.push_back(trial);
  }
  return earlier;
}

double bar_sharpe(const std::vector<double>& returns) {
  const auto moments = evaluation::sample_moments(returns);
  return moments ? moments->mean / moments->deviation : 0;
}

SharpeTest sharpe_test(Arm arm, const std::vector<double>& returns, const std::vector<Trial>& trials,
                       double bars_a_year) {
  SharpeTest test{.arm = arm, .trials = std::max<std::size_t>(1, trials.size())};
  const auto moments = evaluation::sample_moments(returns);
  if (!moments) return test;
  const auto estimate = evaluation::sharpe_estimate(*moments);
  std::vector<double> ratios;
  for (const auto& trial : trials) ratios.push_back(trial.sharpe);
  test.sharpe = estimate.sharpe * std::sqrt(bars_a_year);
  test.probabilistic = evaluation::probabilistic_sharpe(estimate);
  test.deflated = ratios.empty() ? test.probabilistic
                                 : evaluation::deflated_sharpe(estimate, evaluation::trials_of(ratios));
  if (const auto bars = evaluation::minimum_track_record(estimate))
    test.minimum_track_record_years = *bars / bars_a_year;
  return test;
}

}  // namespace ctt::replay
