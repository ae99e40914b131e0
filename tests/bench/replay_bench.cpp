// What a lineage of a replay does between two trainings.
#include <benchmark/benchmark.h>

#include "replay/simulated_trader.h"
#include "trader/rig.h"

namespace {

using namespace ctt;

/// Items are bars: the trader's loop, its features and a forward pass of two hidden layers of this width.
void lineage_bars(benchmark::State& state) {
  const auto width = static_cast<std::size_t>(state.range(0));
  auto contract = trader::contract_with();
  contract.window_size = 8;
  contract.network.inputs = 8 * contract.features.columns().size() + 3;
  contract.network.hidden = {width, width};
  const auto bars = trader::walk(100'000, 1);
  for (auto _ : state) {
    replay::AccountHistory history;
    std::vector<replay::ReplayFill> fills;
    replay::SimulatedTrader trader({.contract = contract, .schedule_id = "btc", .costs = {}},
                                   trader::serving(trader::wilful(contract, 1), 1), {10000, 0, 0, {}},
                                   history, fills);
    for (const auto& bar : bars) benchmark::DoNotOptimize(trader.take(bar, false));
    state.counters["fills"] = static_cast<double>(fills.size());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bars.size()));
}
BENCHMARK(lineage_bars)->ArgName("width")->Arg(8)->Arg(64)->Unit(benchmark::kMillisecond);

}  // namespace
