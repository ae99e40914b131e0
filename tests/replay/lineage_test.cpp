#include <doctest/doctest.h>

#include "desk.h"
#include "store/deployments.h"
#include "store/live_trades.h"
#include "trader/replay_feed.h"
#include "trader/simulated_broker.h"
#include "trader/trader.h"
#include "wire/client.h"

namespace ctt::replay {

namespace {

LineageRun run(Desk& desk, const LineageTask& task, const market::CandleSeries& candles) {
  DeskCache cache(desk);
  return run_lineage(task, MarketHistory(candles, false), cache.trainings, {});
}

// Until `last`, so that the trader and the lineage take the same bars.
market::CandleSeries from_warm_up(Desk& desk, const LineageTask& task) {
  auto candles = desk.candles();
  const auto rows = task.tuning.features.warm_up_rows() + task.tuning.pack.environment.window_size - 1;
  const auto first = task.first - std::chrono::hours(rows);
  std::erase_if(candles.candles, [&](const market::Candle& candle) {
    return candle.open_time < first || candle.open_time > task.last;
  });
  return candles;
}

struct TradeRow {
  market::Side side;
  double price, size, commission;
  bool operator==(const TradeRow&) const = default;
};

std::vector<TradeRow> rows_of(const std::vector<ReplayFill>& fills) {
  std::vector<TradeRow> rows;
  for (const auto& fill : fills)
    rows.push_back({fill.trade.side, fill.trade.price, fill.trade.quantity, fill.trade.commission});
  return rows;
}

// The trader of the desk's schedule over the same bars, which is told to serve each model between the two bars
// where the lineage did.
std::vector<TradeRow> traded(Desk& desk, const LineageTask& task,
                             std::vector<std::pair<base::Instant, std::int64_t>> swaps) {
  trader::ReplayFeed feed(from_warm_up(desk, task));
  const auto& environment = task.tuning.pack.environment;
  trader::SimulatedBroker broker(task.cash, environment.costs, environment.fill);
  trader::Options options;
  options.schedule = "s";
  options.limits.max_drawdown_fraction = 0;
  const auto width = task.tuning.config.timeframe.duration();
  options.on_bar = [&](const trader::BarResult& result) {
    if (!result.decision || swaps.empty()) return;
    if (result.decision->bar_open_time + 2 * width < swaps.front().first) return;
    const auto model = store::models::get(*desk.database, "v" + std::to_string(swaps.front().second));
    store::Transaction change(*desk.database);
    store::deployments::request(
        change, {.schedule_id = "s", .model_version = model.version, .cycle_number = {}, .reason = {}},
        desk.clock.now());
    change.commit();
    const auto answer =
        wire::ask(desk.home.trader_socket("s"),
                  {.op = "reload", .sha256 = model.sha256, .reason = "", .id = 1}, std::chrono::seconds(10));
    CHECK_MESSAGE(answer.ok(), answer.message);
    swaps.erase(swaps.begin());
  };
  const auto report = trader::Trader(options, desk.home, *desk.database, feed, broker, desk.clock).run({});
  std::vector<TradeRow> rows;
  for (const auto& trade : store::live_trades::of_session(*desk.database, report.session_id))
    rows.push_back({trade.side, trade.price, trade.size, trade.commission});
  CHECK(swaps.empty());
  return rows;
}

}  // namespace

TEST_CASE(
    "cycles of a replay make the checkpoints of ctt cycle run, and its trades are those of ctt trade "
    "--replay") {
  Desk desk;
  auto task = desk.task(Arm::always);
  task.last += std::chrono::hours(96);
  task.latency =
      std::chrono::hours(2);  // so that the base decides on the first bars, as it does in the trader
  const auto lineage = run(desk, task, desk.candles());
  REQUIRE(lineage.cycles.size() == 24);
  std::vector<std::pair<base::Instant, std::int64_t>> swaps;
  for (const auto& replayed : lineage.cycles) {
    const auto report = cycle::run(
        desk.context(), {.schedule_id = "s", .now = true, .deploy = false, .window_end = replayed.slot});
    REQUIRE(report.cycles.size() == 1);
    const auto model =
        store::models::get(*desk.database, "v" + std::to_string(*report.cycles[0].model_version));
    CHECK(model.sha256 == replayed.sha256);
    swaps.emplace_back(*replayed.serves_from, model.version);
  }
  const auto wanted = rows_of(lineage.fills);
  const auto made = traded(desk, task, swaps);
  CHECK(wanted.size() > 4);
  CHECK(made == wanted);
}

TEST_CASE("garbage in every bar after a slot changes nothing that a replay did up to that slot") {
  Desk desk;
  const auto candles = desk.candles();
  for (const auto arm : {Arm::never, Arm::always, Arm::gated, Arm::scratch, Arm::placebo}) {
    const auto task = desk.task(arm);
    const auto slot = at("2024-02-11T06:00:00Z");  // its newest closed bar opened at five
    const auto real = run(desk, task, candles);
    const auto other = run(desk, task, Desk::garbled(candles, slot - std::chrono::hours(1)));
    const auto same_bars = static_cast<std::size_t>((slot - task.first) / std::chrono::hours(1));
    for (std::size_t i = 0; i < same_bars; ++i) {
      CHECK(real.account.equity[i] == other.account.equity[i]);
      CHECK(real.account.position_value[i] == other.account.position_value[i]);
    }
    CHECK(real.account.equity.back() != other.account.equity.back());
    for (std::size_t i = 0; i < real.cycles.size() && real.cycles[i].slot <= slot + std::chrono::seconds(20);
         ++i)
      CHECK(real.cycles[i].sha256 == other.cycles[i].sha256);
  }
}

TEST_CASE(
    "a candidate serves from the first bar that closes after its latency, and a slot meanwhile is skipped") {
  Desk desk;
  auto task = desk.task(Arm::always);
  task.latency = std::chrono::hours(7);
  const auto lineage = run(desk, task, desk.candles());
  CHECK(lineage.cycles[0].serves_from == lineage.cycles[0].slot + std::chrono::hours(7));
  CHECK(lineage.cycles[0].latency_bars == 7);
  CHECK(lineage.cycles[1].outcome == SlotOutcome::skipped);
  CHECK(lineage.cycles[2].served);
  CHECK(lineage.swaps == 4);
}

TEST_CASE("a slot whose window is blocked fails and the parent serves on") {
  Desk desk;
  auto candles = desk.candles();
  std::erase_if(candles.candles,
                [](const market::Candle& c) { return c.open_time == at("2024-02-10T05:00:00Z"); });
  const auto lineage = run(desk, desk.task(Arm::always), candles);
  CHECK(lineage.cycles[1].outcome == SlotOutcome::failed);
  CHECK(lineage.cycles[1].reason != "");
  CHECK(lineage.cycles[2].served);
}

TEST_CASE("a training that diverges leaves its parent in service") {
  Desk desk;
  const cycle::Behaviour diverge("diverge");
  const auto lineage = run(desk, desk.task(Arm::always), desk.candles());
  CHECK(lineage.swaps == 0);
  CHECK(lineage.cycles[0].outcome == SlotOutcome::failed);
  CHECK(lineage.cycles[0].reason.find("diverged") != std::string::npos);
}

TEST_CASE("what is trained ahead of a lineage it finds, and takes no other course for it") {
  Desk desk;
  DeskCache cache(desk);
  const MarketHistory history(desk.candles(), false);
  const auto task = desk.task(Arm::scratch);
  for (std::size_t slot = slots_of(task).size(); slot > 1; --slot)
    train_ahead(task, slot - 1, history, cache.trainings);
  const auto ahead = cache.trainings.made();
  CHECK(ahead == slots_of(task).size() - 1);
  const auto lineage = run_lineage(task, history, cache.trainings, {});
  CHECK(cache.trainings.made() == ahead + 1);
  CHECK(lineage.cycles.size() == slots_of(task).size());
  for (const auto& cycle : lineage.cycles) CHECK(cycle.served);
}

TEST_CASE(
    "a lineage that tries its gate trains a placebo from each candidate's parent, and serves as without") {
  Desk desk;
  auto task = desk.task(Arm::gated);
  DeskCache plain(desk);
  const auto wanted = run_lineage(task, MarketHistory(desk.candles(), false), plain.trainings, {});
  task.tries_gate = true;
  const auto trainings_before = plain.trainings.made();
  const auto tried = run_lineage(task, MarketHistory(desk.candles(), false), plain.trainings, {});
  CHECK(plain.trainings.made() == trainings_before + tried.cycles.size());
  REQUIRE(tried.cycles.size() == wanted.cycles.size());
  for (std::size_t i = 0; i < wanted.cycles.size(); ++i) {
    CHECK(tried.cycles[i].placebo_outcome.has_value());
    CHECK_FALSE(wanted.cycles[i].placebo_outcome.has_value());
    CHECK(tried.cycles[i].sha256 == wanted.cycles[i].sha256);
    CHECK(tried.cycles[i].outcome == wanted.cycles[i].outcome);
  }
  CHECK(tried.account.equity == wanted.account.equity);
}

TEST_CASE("an arm that never retrains has no cycles, one that holds buys once, one that is flat never") {
  Desk desk;
  CHECK(run(desk, desk.task(Arm::never), desk.candles()).cycles.empty());
  const auto hold = run(desk, desk.task(Arm::hold), desk.candles());
  CHECK(hold.fills.size() == 1);
  const auto& account = hold.account;
  CHECK(account.equity.back() == doctest::Approx(account.position_value.back()));
  const auto flat = run(desk, desk.task(Arm::flat), desk.candles());
  CHECK(flat.fills.empty());
  CHECK(flat.account.equity.back() == 10'000);
}

TEST_CASE("a new policy from scratch has no parent and the base's iterations and rate") {
  Desk desk;
  DeskCache cache(desk);
  const auto lineage =
      run_lineage(desk.task(Arm::scratch), MarketHistory(desk.candles(), false), cache.trainings, {});
  const auto made = policy::load(cache.trainings.home().model(lineage.cycles[1].sha256));
  CHECK(made.lineage.parent_sha256.empty());
  CHECK(made.lineage.learning_rate == desk.settings().tuning.base_learning_rate);
}

}  // namespace ctt::replay
