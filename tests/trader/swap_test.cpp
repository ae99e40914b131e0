#include <atomic>
#include <thread>

#include "rig.h"
#include "store/live_decisions.h"
#include "trader/control.h"

namespace ctt::trader {
namespace {

using namespace std::chrono_literals;

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

TEST_CASE("a thousand swaps during a replay drop no bar, and each decision is of one version") {
  const auto contract = contract_with();
  const auto one = serving(stubborn(contract, 1), 1);
  const auto two = serving(stubborn(contract, 2), 2);
  PolicySlot slot(one);
  Risk risk({.max_position = 0, .max_drawdown_fraction = 0, .max_daily_loss_fraction = 0});
  SimulatedBroker broker(10000, {}, environment::Fill::close);
  NoJournal journal;
  const base::SystemClock clock;
  DecisionLoop loop({contract, "btc", "live-1", false, 0s}, slot, broker, risk, journal, clock);
  // As many bars as it takes: the replay goes on until all swaps are done.
  std::atomic<bool> swapped = false;
  std::thread swapping([&] {
    for (int i = 0; i < 1000; ++i) {
      CHECK(slot.replace(i % 2 == 0 ? two : one) == Swap::done);
      std::this_thread::sleep_for(10us);
    }
    swapped = true;
  });
  auto candle = candles_of({100}).front();
  std::size_t bars = 0;
  std::size_t decisions = 0;
  std::size_t wrong = 0;
  std::size_t changes = 0;
  std::int64_t version = 1;
  while (!swapped || bars < 1000) {
    const auto result = loop.take({candle, contract.timeframe, false});
    candle.open_time += 1h;
    ++bars;
    if (!result.decision) continue;
    ++decisions;
    if (result.decision->action != result.decision->model_version) ++wrong;
    if (result.decision->model_version != version) ++changes;
    version = result.decision->model_version;
  }
  swapping.join();
  CHECK(loop.state().bars == bars);
  CHECK(decisions == bars - loop.history_rows());
  CHECK(wrong == 0);
  CHECK(changes > 0);
}

TEST_CASE("models deployed during a replay serve from one bar to the next") {
  Rig rig(contract_with(), stubborn(contract_with(), 0));
  const auto contract = rig.contract;
  std::atomic<std::size_t> bars = 0;
  auto options = Rig::options();
  options.on_bar = [&](const BarResult&) { ++bars; };
  std::atomic<bool> ready = false;
  options.on_ready = [&](const std::string&) { ready = true; };
  TradeReport report;
  std::thread trading([&] {
    report = rig.trade({walk(2000, 4), options, {.bars_per_second = 400, .factor = 0}, 10000});
  });
  while (!ready) std::this_thread::sleep_for(1ms);
  for (int i = 0; i < 20; ++i) {
    const auto sha256 = rig.deploy(wilful(contract, 100 + static_cast<std::uint64_t>(i)));
    const auto answer = rig.ask("reload", sha256);
    CHECK(answer.find("\"ok\":true") != std::string::npos);
    CHECK(answer.find(sha256) != std::string::npos);
    const auto before = bars.load();
    while (bars < before + 5 && bars < 1900) std::this_thread::sleep_for(1ms);
  }
  rig.ask("stop");
  trading.join();
  CHECK(report.swaps == 20);
  // Every hour from the first bar to the last has its decision.
  const auto decisions = store::live_decisions::newest(rig.database, report.session_id, 10'000);
  CHECK(decisions.size() == report.loop.bars);
  CHECK(decisions.back().bar_open_time - decisions.front().bar_open_time == 1h * (report.loop.bars - 1));
  // Versions only ever count up, and every one of them decided something.
  std::int64_t version = 1;
  for (const auto& decision : decisions) {
    CHECK(decision.model_version >= version);
    CHECK(decision.model_version <= version + 1);
    version = decision.model_version;
  }
  CHECK(version == 21);
  CHECK(rig.events("live_model_updated").size() == 20);
  CHECK(rig.events("continuous_model_deployed").size() >= 1);
}

}  // namespace
}  // namespace ctt::trader
