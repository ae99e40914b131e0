// A thousand models, each loaded and checked from its file, exchanged under a trader's loop while a
// million bars pass: how long an exchange takes, whether a bar lost its decision, what memory it cost.
#include <benchmark/benchmark.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "trader/control.h"
#include "trader/rig.h"

namespace {

using namespace ctt;
using namespace ctt::trader;
using namespace std::chrono_literals;

constexpr std::size_t kBars = 1'000'000, kSwaps = 1000;

// Writes nothing: the loop alone is looked at.
struct NoJournal : Journal {
  void decided(const store::LiveDecision&) override {}
  void filled(const store::LiveTrade&, const market::OrderEvent&, const store::SessionState&) override {}
  void ordered(const store::LiveOrder&) override {}
  void order_changed(const market::OrderEvent&) override {}
  void account_changed(const store::SessionState&) override {}
  bool ordered_durably(const store::LiveOrder&) override { return true; }
  void escalated_durably(store::TraderState, const std::string&, const store::SessionState&) override {}
  void flattened_durably(const std::string&, const store::SessionState&) override {}
};

// Resident memory of this process.
double resident_mib() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  statm >> total >> resident;
  return static_cast<double>(resident) * 4096 / (1 << 20);
}

struct Model {
  std::int64_t version;
  std::string sha256;
};

// One exchange every kBars / kSwaps bars; microseconds each.
std::vector<double> swap_while(const std::atomic<std::size_t>& bars, PolicySlot& slot, const Rig& rig,
                               const std::array<Model, 2>& models) {
  std::vector<double> us;
  for (std::size_t i = 0; i < kSwaps; ++i) {
    while (bars.load() < i * (kBars / kSwaps)) std::this_thread::sleep_for(50us);
    const auto& model = models[i % 2];
    const auto next = load_served(rig.home, model.version, model.sha256, &rig.contract);
    const auto began = std::chrono::steady_clock::now();
    if (slot.replace(next) != Swap::done) break;
    us.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - began).count());
  }
  return us;
}

void swaps_during_bars(benchmark::State& state) {
  Rig rig;
  std::array<Model, 2> models;
  for (std::uint64_t i = 0; i < 2; ++i) {
    const auto version = rig.publish(wilful(rig.contract, 10 + i));
    models[i] = {version, rig.request_deployment(version)};
  }
  for (auto _ : state) {
    PolicySlot slot(serving(stubborn(rig.contract, 0), 1));
    Risk risk({.max_position = 0, .max_drawdown_fraction = 0, .max_daily_loss_fraction = 0});
    SimulatedBroker broker(10000, {}, environment::Fill::close);
    NoJournal journal;
    const base::SystemClock clock;
    DecisionLoop loop({rig.contract, "btc", "live-1", false, 0s}, slot, broker, risk, journal, clock);
    std::atomic<std::size_t> bars = 0;
    std::vector<double> us;
    std::thread swapping([&] { us = swap_while(bars, slot, rig, models); });
    auto candle = candles_of({100}).front();
    double began_with = 0;
    while (bars < kBars) {
      loop.take({candle, rig.contract.timeframe, false});
      candle.open_time += 1h;
      if (++bars == kBars / 20) began_with = resident_mib();
    }
    swapping.join();
    std::ranges::sort(us);
    state.counters["swaps"] = static_cast<double>(us.size());
    state.counters["swap_us_p99"] = us.empty() ? 0 : us[us.size() * 99 / 100];
    state.counters["bars_without_decision"] =
        static_cast<double>(kBars - loop.history_rows() - loop.state().decisions);
    state.counters["growth_mib"] = resident_mib() - began_with;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBars));
}

BENCHMARK(swaps_during_bars)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
