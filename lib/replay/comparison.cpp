#include "replay/comparison.h"

#include <algorithm>
#include <cmath>

#include "base/names.h"
#include "evaluation/block_length.h"
#include "evaluation/stationary_bootstrap.h"
#include "replay/metrics.h"

namespace ctt::replay {

namespace {

constexpr double kTwoSided95 = 1.959964;
constexpr std::uint64_t kSeed = 20;  // of the resamples: the same bars give the same interval

constexpr auto kVerdicts = base::names_of<Verdict>(
    {{Verdict::better, "better"}, {Verdict::worse, "worse"}, {Verdict::undecided, "undecided"}});

const LineageRun* of_seed(const std::vector<const LineageRun*>& lineages, int seed) {
  if (lineages.size() == 1) return lineages.front();
  const auto found = std::ranges::find(lineages, seed, &LineageRun::seed);
  return found == lineages.end() ? nullptr : *found;
}

std::vector<std::vector<double>> paired(const std::vector<const LineageRun*>& arm,
                                        const std::vector<const LineageRun*>& against) {
  std::vector<std::vector<double>> series;
  const auto& more = arm.size() >= against.size() ? arm : against;
  for (const auto* one : more) {
    const auto* ours = of_seed(arm, one->seed);
    const auto* theirs = of_seed(against, one->seed);
    if (ours == nullptr || theirs == nullptr) continue;
    auto differences = log_returns_of(ours->account);
    const auto other = log_returns_of(theirs->account);
    differences.resize(std::min(differences.size(), other.size()));
    for (std::size_t i = 0; i < differences.size(); ++i) differences[i] -= other[i];
    if (!differences.empty()) series.push_back(std::move(differences));
  }
  return series;
}

std::vector<double> mean_over(const std::vector<std::vector<double>>& series) {
  std::vector<double> mean(series.front().size());
  for (const auto& one : series) {
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += one[i] / static_cast<double>(series.size());
  }
  return mean;
}

double average(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

std::string_view name(Verdict verdict) { return kVerdicts.name(verdict); }

std::vector<double> log_returns_of(const AccountHistory& account) {
  std::vector<double> returns;
  for (std::size_t i = 1; i < account.equity.size(); ++i)
    returns.push_back(std::log(account.equity[i] / account.equity[i - 1]));
  return returns;
}

std::optional<PairedComparison> compare(const std::vector<const LineageRun*>& arm,
                                        const std::vector<const LineageRun*>& against,
                                        const market::Timeframe& timeframe) {
  const auto series = paired(arm, against);
  if (series.empty()) return std::nullopt;
  const auto pooled = mean_over(series);
  const auto block = evaluation::automatic_block_length(pooled);
  PairedComparison comparison{
      .arm = arm.front()->arm, .against = against.front()->arm, .seeds = series.size()};
  comparison.block_length = block ? std::max(1.0, block->stationary) : 1;
  const evaluation::BootstrapSettings settings{.block_mean = comparison.block_length, .seed = kSeed};
  const auto result =
      evaluation::describe(average(pooled), evaluation::pooled_resampled_means(series, settings));
  const double a_year = bars_a_year(timeframe);
  comparison.mean_pct = 100 * a_year * result.mean;
  comparison.low_pct = 100 * a_year * result.low;
  comparison.high_pct = 100 * a_year * result.high;
  comparison.share_not_below_0 = result.share_not_below_0;
  if (result.mean != 0) {
    const double years = static_cast<double>(pooled.size()) / a_year;
    comparison.years_needed = years * std::pow(kTwoSided95 * result.deviation / result.mean, 2);
  }
  if (result.low > 0) comparison.verdict = Verdict::better;
  if (result.high < 0) comparison.verdict = Verdict::worse;
  return comparison;
}

}  // namespace ctt::replay
