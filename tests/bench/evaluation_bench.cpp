// Resampling and cross-validation at the sizes of a replay: a year and a half of hours, a grid of 36.
#include <benchmark/benchmark.h>

#include "base/random.h"
#include "evaluation/block_length.h"
#include "evaluation/overfitting.h"
#include "evaluation/stationary_bootstrap.h"
#include "evaluation/superior_predictive_ability.h"

namespace {

using namespace ctt::evaluation;

constexpr std::size_t kBars = 13000;

std::vector<std::vector<double>> returns(std::size_t strategies) {
  ctt::base::Random random(1);
  std::vector<std::vector<double>> out(strategies, std::vector<double>(kBars));
  for (auto& series : out) {
    for (double& value : series) value = 0.005 * random.normal();
  }
  return out;
}

/// Items are resamples; the argument is the mean block length.
void bootstrap_resamples(benchmark::State& state) {
  const auto series = returns(1).front();
  const BootstrapSettings settings{.block_mean = static_cast<double>(state.range(0)), .resamples = 1000};
  for (auto _ : state) benchmark::DoNotOptimize(stationary_bootstrap(series, settings));
  state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(bootstrap_resamples)->Arg(1)->Arg(10)->Arg(50)->Unit(benchmark::kMillisecond);

/// Items are resamples of all strategies together.
void predictive_ability_resamples(benchmark::State& state) {
  const auto all = returns(36);
  for (auto _ : state)
    benchmark::DoNotOptimize(superior_predictive_ability(all, {.block_mean = 10, .resamples = 1000}));
  state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(predictive_ability_resamples)->Unit(benchmark::kMillisecond);

/// Items are choices of half the blocks; the argument is the number of strategies.
void overfitting_choices(benchmark::State& state) {
  const auto all = returns(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(overfitting(all, 16));
  state.SetItemsProcessed(state.iterations() * 12870);
}
BENCHMARK(overfitting_choices)->Arg(4)->Arg(36)->Unit(benchmark::kMillisecond);

void block_length(benchmark::State& state) {
  const auto series = returns(1).front();
  for (auto _ : state) benchmark::DoNotOptimize(automatic_block_length(series));
}
BENCHMARK(block_length)->Unit(benchmark::kMillisecond);

}  // namespace
