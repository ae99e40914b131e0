#include "evaluation/superior_predictive_ability.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "evaluation/finite.h"
#include "evaluation/moments.h"

namespace ctt::evaluation {

namespace {

struct Contender {
  std::size_t index = 0;
  double mean = 0;
  double error = 0;                 ///< of the mean: w_k / sqrt(n)
  std::array<double, 3> centres{};  ///< g_k of lower, consistent, upper
};

std::vector<Contender> varying(std::span<const std::vector<double>> differences, double block_mean) {
  std::vector<Contender> out;
  const auto n = static_cast<double>(differences.front().size());
  for (std::size_t k = 0; k < differences.size(); ++k) {
    const auto of = sample_moments(differences[k]);
    if (!of) continue;
    const double error = std::sqrt(resampled_mean_variance(differences[k], block_mean));
    // Blocks far longer than the series leave nothing to chance, up to rounding.
    if (error <= 1e-9 * of->population_deviation) continue;
    const double average = of->mean;
    const bool far_below = average < -error * std::sqrt(2 * std::log(std::log(n)));
    out.push_back({.index = k,
                   .mean = average,
                   .error = error,
                   .centres = {std::max(0.0, average), far_below ? 0 : average, average}});
  }
  return out;
}

// Sums of the first i values of every strategy, the series laid out twice: [2 n + 1][strategies], so that
// a block reads two rows.
std::vector<double> circular_sums(std::span<const std::vector<double>> differences,
                                  const std::vector<Contender>& strategies) {
  const std::size_t n = differences.front().size();
  const std::size_t width = strategies.size();
  std::vector<double> sums((2 * n + 1) * width);
  for (std::size_t i = 0; i < 2 * n; ++i) {
    for (std::size_t k = 0; k < width; ++k)
      sums[(i + 1) * width + k] = sums[i * width + k] + differences[strategies[k].index][i % n];
  }
  return sums;
}

void add_blocks(std::span<const BlockSampler::Block> blocks, std::span<const double> sums,
                std::span<double> totals) {
  const std::size_t width = totals.size();
  for (const auto& [first, length] : blocks) {
    const auto from = sums.subspan(first * width, width);
    const auto to = sums.subspan((first + length) * width, width);
    for (std::size_t k = 0; k < width; ++k) totals[k] += to[k] - from[k];
  }
}

void require_differences(std::span<const std::vector<double>> differences) {
  if (differences.empty())
    throw std::invalid_argument("there are no strategies; give the differences of at least one");
  const std::size_t n = differences.front().size();
  for (std::size_t k = 0; k < differences.size(); ++k) {
    require_finite(fmt::format("differences[{}]", k), differences[k]);
    if (differences[k].size() == n && n >= 3) continue;
    throw std::invalid_argument(fmt::format(
        "differences[{}] has {} bars and differences[0] {}; give all of them the same bars, at least 3", k,
        differences[k].size(), n));
  }
}

}  // namespace

PredictiveAbility superior_predictive_ability(std::span<const std::vector<double>> differences,
                                              const BootstrapSettings& settings) {
  require_differences(differences);
  if (settings.resamples == 0) throw std::invalid_argument("resamples is 0; draw at least one");
  const auto strategies = varying(differences, settings.block_mean);
  PredictiveAbility out;
  if (strategies.empty()) return out;
  const auto studentised = [](const Contender& strategy) { return strategy.mean / strategy.error; };
  const auto best = std::ranges::max_element(strategies, {}, studentised);
  out.best = best->index;
  out.statistic = std::max(0.0, studentised(*best));

  const std::size_t n = differences.front().size();
  const auto sums = circular_sums(differences, strategies);
  BlockSampler sampler(n, settings.block_mean);
  base::Random random(settings.seed);
  std::vector<double> totals(strategies.size());
  std::array<std::size_t, 3> reached{};
  for (std::size_t resample = 0; resample < settings.resamples; ++resample) {
    std::ranges::fill(totals, 0);
    add_blocks(sampler.draw(random), sums, totals);
    for (std::size_t rule = 0; rule < reached.size(); ++rule) {
      double highest = 0;
      for (std::size_t k = 0; k < strategies.size(); ++k) {
        const auto& strategy = strategies[k];
        highest =
            std::max(highest, (totals[k] / static_cast<double>(n) - strategy.centres[rule]) / strategy.error);
      }
      if (highest >= out.statistic) ++reached[rule];
    }
  }
  const auto share = [&](std::size_t count) {
    return static_cast<double>(count) / static_cast<double>(settings.resamples);
  };
  out.lower = share(reached[0]);
  out.consistent = share(reached[1]);
  out.upper = share(reached[2]);
  return out;
}

}  // namespace ctt::evaluation
