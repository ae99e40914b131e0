// Steps per second of the environments alone, without a policy.
#include <benchmark/benchmark.h>

#include "environment/made_market.h"
#include "environment/vector_environment.h"

namespace {

using namespace ctt::environment;

constexpr std::size_t kActionRows = 1024;  // scripted ahead, so that the loop draws nothing

/// One iteration is one step of all environments: 10,000 candles, episodes of 500 steps at random
/// starts, actions drawn beforehand.
struct Bench {
  Bench(std::string_view action_scheme, std::string_view reward_scheme, std::size_t count,
        bool account_columns)
      : environment(numbered_market(walk(10000, 1), 5),
                    {.action_scheme = ActionSchemeSpec::parse(action_scheme),
                     .reward_scheme = RewardSchemeSpec::parse(reward_scheme),
                     .window_size = 40,
                     .account_columns = account_columns,
                     .max_episode_steps = 500,
                     .random_start_pct = 0.9},
                    count, 1),
        actions(kActionRows * count),
        rewards(count),
        terminated(count),
        truncated(count),
        observations(count * environment.observation_size()) {
    ctt::base::Random random(2);
    const auto kinds = static_cast<std::uint64_t>(environment.action_count());
    for (auto& action : actions) action = static_cast<int>(random.below(kinds));
  }

  void step(std::size_t iteration) {
    const std::size_t count = environment.count();
    environment.step(std::span(actions).subspan(iteration % kActionRows * count, count), rewards, terminated,
                     truncated);
    benchmark::DoNotOptimize(rewards.data());
    if (iteration % 4096 == 0) environment.take_finished();
  }

  VectorEnvironment environment;
  std::vector<int> actions;
  std::vector<float> rewards;
  std::vector<std::uint8_t> terminated, truncated;
  std::vector<float> observations;
};

void run(benchmark::State& state, Bench bench, bool observe) {
  std::size_t iteration = 0;
  for (auto _ : state) {
    bench.step(iteration++);
    if (observe) bench.environment.observe(bench.observations);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bench.environment.count()));
}

void bsh_return_pbr(benchmark::State& state) {
  run(state, Bench("BSH", "ReturnPBR", static_cast<std::size_t>(state.range(0)), false), false);
}
BENCHMARK(bsh_return_pbr)->Arg(1)->Arg(8)->Arg(64);

void bsh_return_pbr_account_columns(benchmark::State& state) {
  run(state, Bench("BSH", "ReturnPBR", 64, true), false);
}
BENCHMARK(bsh_return_pbr_account_columns);

// With the windows copied out (40 rows x 5 columns + 3), as a caller without the fast path does.
void bsh_return_pbr_observed(benchmark::State& state) {
  run(state, Bench("BSH", "ReturnPBR", 64, true), true);
}
BENCHMARK(bsh_return_pbr_observed);

void trailing_stop_simple_profit(benchmark::State& state) {
  run(state, Bench("TrailingStopBSH", "SimpleProfit", 64, false), false);
}
BENCHMARK(trailing_stop_simple_profit);

void volatility_sized_risk_adjusted(benchmark::State& state) {
  run(state, Bench("VolatilitySizedBSH", "RiskAdjustedReturns", 64, false), false);
}
BENCHMARK(volatility_sized_risk_adjusted);

}  // namespace
