#include "trader/decision_loop.h"

#include <limits>

#include "base/error.h"
#include "environment/episode.h"
#include "rig.h"
#include "silent_broker.h"

namespace ctt::trader {
namespace {

using namespace std::chrono_literals;
using environment::Fill;

// A loop with everything it needs, over one policy.
struct Bench {
  explicit Bench(const policy::Checkpoint& checkpoint, RiskLimits limits = no_limits(), bool live = false,
                 std::chrono::seconds stale_after = 0s)
      : contract(checkpoint.contract),
        slot(serving(checkpoint, 1)),
        risk(limits),
        broker(10000, contract.costs, environment::parse_fill(contract.fill)),
        loop({.contract = contract,
              .schedule_id = "btc",
              .session_id = "live-1",
              .live = live,
              .stale_after = stale_after},
             slot, broker, risk, journal, clock) {}

  static RiskLimits no_limits() {
    return {.max_position = 0, .max_drawdown_fraction = 0, .max_daily_loss_fraction = 0};
  }

  BarResult take(const market::Candle& candle) { return loop.take({candle, contract.timeframe, false}); }
  void take_all(const std::vector<market::Candle>& candles) {
    for (const auto& candle : candles) take(candle);
  }

  policy::Contract contract;
  PolicySlot slot;
  Risk risk;
  SimulatedBroker broker;
  MemoryJournal journal;
  base::ManualClock clock{base::Instant(std::chrono::sys_days(std::chrono::year(2027) / 1 / 1))};
  DecisionLoop loop;
};

environment::EpisodeSettings settings_of(const policy::Contract& contract) {
  environment::EpisodeSettings settings;
  settings.action_scheme =
      environment::ActionSchemeSpec::parse(contract.action_scheme, contract.action_parameters);
  settings.reward_scheme = environment::RewardSchemeSpec::parse("SimpleProfit");
  settings.fill = environment::parse_fill(contract.fill);
  settings.costs = contract.costs;
  settings.window_size = contract.window_size;
  settings.account_columns = contract.account_columns;
  settings.max_allowed_loss = 1;
  return settings;
}

struct Expected {
  std::vector<environment::Trade> trades;
  std::size_t steps = 0;
  double net_worth = 0;
};

// The same policy over the same candles in an episode, step by step.
Expected backtest(const policy::Checkpoint& checkpoint, const std::vector<market::Candle>& candles) {
  const auto& contract = checkpoint.contract;
  const auto data = environment::MarketData::make(contract.features, candles,
                                                  contract.features.warm_up_rows(), contract.window_size);
  environment::Episode episode(data, settings_of(contract));
  const policy::Policy policy(checkpoint, "");
  policy::Policy::Scratch scratch;
  std::vector<float> observation(contract.network.inputs);
  Expected expected;
  while (!episode.done()) {
    episode.observe(observation);
    const auto step = episode.step(policy.decide(observation, scratch).action);
    if (step.trade.side != environment::Side::none) expected.trades.push_back(step.trade);
    expected.net_worth = step.net_worth;
    ++expected.steps;
  }
  return expected;
}

TEST_CASE("a replay trades like an episode to the last digit, for every action scheme and both fills") {
  const auto candles = walk(700, 11);
  std::size_t trades = 0;
  for (const auto& scheme : environment::action_scheme_names()) {
    for (const auto fill : {Fill::close, Fill::next_open}) {
      const auto checkpoint = wilful(contract_with(scheme, fill), 5);
      const auto expected = backtest(checkpoint, candles);
      Bench bench(checkpoint);
      for (std::size_t i = 0; i < candles.size(); ++i) {
        bench.loop.take({candles[i], bench.contract.timeframe, i + 1 == candles.size()});
      }
      CAPTURE(scheme);
      CAPTURE(environment::name(fill));
      CHECK(bench.journal.decisions.size() == expected.steps);
      CHECK(bench.loop.state().equity == expected.net_worth);
      CHECK_FALSE(bench.loop.state().decision_times.has_value());
      REQUIRE(bench.journal.trades.size() == expected.trades.size());
      for (std::size_t i = 0; i < expected.trades.size(); ++i) {
        CHECK(bench.journal.trades[i].price == expected.trades[i].price);
        CHECK(bench.journal.trades[i].size == expected.trades[i].quantity);
        CHECK(bench.journal.trades[i].commission == expected.trades[i].commission);
      }
      trades += expected.trades.size();
    }
  }
  CHECK(trades > 200);  // policies that never trade would prove nothing
}

TEST_CASE("a history warms up as bars do, and is not decided on") {
  const auto checkpoint = wilful(contract_with(), 5);
  const auto candles = walk(200, 3);
  Bench whole(checkpoint);
  whole.take_all(candles);
  Bench warmed(checkpoint);
  const auto rows = warmed.loop.history_rows();
  warmed.loop.warm_up(std::span(candles).first(rows));
  CHECK(warmed.journal.decisions.empty());
  warmed.take_all({candles.begin() + static_cast<std::ptrdiff_t>(rows), candles.end()});
  CHECK(warmed.journal.decisions.size() == candles.size() - rows);
  CHECK(warmed.journal.decisions.size() == whole.journal.decisions.size());
  CHECK(warmed.loop.state().equity == whole.loop.state().equity);
}

TEST_CASE("bars that are repeated, old, off the grid, no numbers or of another width decide nothing") {
  const auto checkpoint = wilful(contract_with(), 5);
  const auto candles = walk(120, 3);
  Bench clean(checkpoint);
  clean.take_all(candles);

  Bench bench(checkpoint);
  for (std::size_t i = 0; i < candles.size(); ++i) {
    bench.take(candles[i]);
    auto bad = candles[i];
    CHECK(bench.take(bad).refused == BarRefusal::not_newer);
    bad.open_time -= 1h;
    CHECK(bench.take(bad).refused == BarRefusal::not_newer);
    bad.open_time += 90min;
    CHECK(bench.take(bad).refused == BarRefusal::off_grid);
    bad = candles[i];
    bad.open_time += 1h;
    bad.close = std::numeric_limits<double>::quiet_NaN();
    const auto result = bench.take(bad);
    CHECK(result.refused == BarRefusal::not_finite);
    CHECK_FALSE(result.decision);
    CHECK(bench.loop.take({candles[i], market::Timeframe::parse("5m"), false}).refused ==
          BarRefusal::wrong_width);
  }
  CHECK(bench.loop.state().bars == candles.size());
  CHECK(bench.loop.state().bars_refused == 5 * candles.size());
  CHECK(bench.journal.decisions.size() == clean.journal.decisions.size());
  CHECK(bench.loop.state().equity == clean.loop.state().equity);
}

TEST_CASE("missing bars are filled for the features and nothing is decided on them") {
  const auto checkpoint = wilful(contract_with(), 5);
  auto candles = walk(100, 3);
  candles.erase(candles.begin() + 60, candles.begin() + 63);
  Bench bench(checkpoint);
  bench.take_all(candles);
  CHECK(bench.loop.state().bars == 97);
  CHECK(bench.loop.state().bars_filled == 3);
  CHECK(bench.journal.decisions.size() == 97 - bench.loop.history_rows());
}

TEST_CASE("after a hole longer than the features remember, decisions wait for a new warm-up") {
  const auto checkpoint = wilful(contract_with(), 5);
  auto candles = walk(100, 3);
  for (std::size_t i = 50; i < candles.size(); ++i) candles[i].open_time += 24h * 365;
  Bench bench(checkpoint);
  bench.take_all(candles);
  CHECK(bench.loop.state().bars_filled == 0);
  CHECK(bench.journal.decisions.size() == 100 - 2 * bench.loop.history_rows());
}

TEST_CASE("each decision names the version that made it, and a swap keeps position and memory") {
  const auto contract = contract_with("HoldMinimumBSH", Fill::close, {{"min_hold_steps", 5}});
  Bench bench(stubborn(contract, 1));
  const auto candles = warm_then(contract, std::vector<double>(10, 100));
  bench.take_all({candles.begin(), candles.end() - 9});
  REQUIRE(bench.broker.account().quantity() > 0);
  REQUIRE(bench.slot.replace(serving(stubborn(contract, 2), 2)) == Swap::done);
  bench.take_all({candles.end() - 9, candles.end()});
  REQUIRE(bench.journal.decisions.size() == 10);
  CHECK(bench.journal.decisions[0].model_version == 1);
  for (std::size_t i = 1; i < 10; ++i) CHECK(bench.journal.decisions[i].model_version == 2);
  // Bought at the first bar; the new policy's wish to sell is blocked for five bars, as in training.
  REQUIRE(bench.journal.trades.size() == 2);
  CHECK(bench.journal.trades[1].step - bench.journal.trades[0].step == 6);
  CHECK(bench.journal.trades[0].model_version == 1);
  CHECK(bench.journal.trades[1].model_version == 2);
}

TEST_CASE("halted, nothing is sent, not even a forced sale; decisions are recorded all the same") {
  const auto contract = contract_with("TrailingStopBSH", Fill::close, {{"stop_pct", 0.05}});
  Bench bench(stubborn(contract, 1));
  auto closes = std::vector<double>{100, 100};
  closes.resize(10, 50);  // far below the stop
  const auto candles = warm_then(contract, closes);
  bench.take_all({candles.begin(), candles.end() - 9});
  bench.risk.halt("holiday");
  bench.take_all({candles.end() - 9, candles.end()});
  CHECK(bench.journal.orders.size() == 1);
  CHECK(bench.journal.decisions.size() == 10);
  CHECK(bench.journal.decisions.back().reason == "halted");
  CHECK(bench.journal.decisions.back().side == store::Side::none);
  bench.risk.resume();
}

// All in at 100; at 69 the equity is 31 % below its peak.
TEST_CASE("the drawdown limit halts on the bar that passes it and says so durably") {
  const auto contract = contract_with("BSH", Fill::close);
  Bench bench(stubborn(contract, 1),
              {.max_position = 0, .max_drawdown_fraction = 0.3, .max_daily_loss_fraction = 0});
  bench.take_all(warm_then(contract, {100, 100, 75, 69, 100}));
  REQUIRE(bench.journal.halts.size() == 1);
  CHECK(bench.risk.halted());
  const auto& decisions = bench.journal.decisions;
  REQUIRE(decisions.size() == 5);
  CHECK_FALSE(decisions[2].reason == "halted");
  CHECK(decisions[3].reason == "halted");
  CHECK(decisions[4].reason == "halted");
}

TEST_CASE("a purchase stays within the largest position") {
  const auto contract = contract_with("BSH", Fill::close);
  Bench bench(stubborn(contract, 1),
              {.max_position = 1000, .max_drawdown_fraction = 0, .max_daily_loss_fraction = 0});
  bench.take_all(warm_then(contract, {100, 100, 100}));
  CHECK(bench.broker.account().quantity() * 100 == doctest::Approx(999));  // 1,000 less the commission
  CHECK(bench.journal.decisions[0].reason == "max_position");
}

TEST_CASE("a live feed's bar is not decided on before its end, and not acted on when stale") {
  const auto contract = contract_with("BSH", Fill::close);
  const auto candles = warm_then(contract, {100, 100, 100});
  Bench bench(stubborn(contract, 1), Bench::no_limits(), true, 600s);
  const auto closed_at = [&](std::size_t i) { return base::Instant(candles[i].open_time + 1h); };
  for (std::size_t i = 0; i + 2 < candles.size(); ++i) {
    bench.clock.set(closed_at(i) - 1ms);
    CHECK(bench.take(candles[i]).refused == BarRefusal::not_closed);
    bench.clock.set(closed_at(i) + 601s);
    CHECK_FALSE(bench.take(candles[i]).refused);
  }
  REQUIRE(bench.journal.decisions.size() == 1);
  CHECK(bench.journal.decisions[0].reason == "stale_data");
  CHECK(bench.journal.orders.empty());
  bench.clock.set(closed_at(candles.size() - 2) + 600s);
  bench.take(candles[candles.size() - 2]);
  CHECK(bench.journal.orders.size() == 1);
  REQUIRE(bench.loop.state().decision_times.has_value());  // of both decisions
  CHECK(bench.loop.state().decision_times->us_max >= bench.loop.state().decision_times->us_p50);
}

TEST_CASE("an order that outlives the process is durable first, and no second one follows while it is open") {
  SilentBench bench;
  const auto first = bench.candles.size() - 4;
  bench.take(0, first + 2);
  CHECK(bench.journal.durable_orders == 1);
  REQUIRE(bench.broker.sent.size() == 1);
  CHECK(bench.journal.decisions[1].reason == "order_open");
  // The same decision makes the same id, whatever the session.
  CHECK(bench.broker.sent[0].client_order_id ==
        "ctt-btc-" + std::to_string(bench.candles[first].open_time.time_since_epoch().count()));
  bench.broker.news.push_back({.client_order_id = bench.broker.sent[0].client_order_id,
                               .status = market::OrderStatus::cancelled,
                               .reason = "by hand"});
  bench.take(first + 2, first + 3);
  CHECK(bench.broker.sent.size() == 2);
}

TEST_CASE("a fill in parts is one order and two trades of the version that decided") {
  SilentBench bench;
  const auto first = bench.candles.size() - 4;
  bench.take(0, first + 1);
  REQUIRE(bench.slot.replace(serving(stubborn(bench.contract, 2), 2)) == Swap::done);
  const auto id = bench.broker.sent.at(0).client_order_id;
  const environment::Trade part{environment::Side::buy, 100, 10, 1000, 1};
  bench.broker.news = {
      {.client_order_id = id,
       .status = market::OrderStatus::partially_filled,
       .trade = part,
       .fill_id = "f-1"},
      {.client_order_id = id, .status = market::OrderStatus::filled, .trade = part, .fill_id = "f-2"}};
  bench.loop.idle();
  REQUIRE(bench.journal.trades.size() == 2);
  CHECK(bench.journal.trades[0].model_version == 1);
  CHECK(bench.journal.trades[1].model_version == 1);
  CHECK(bench.journal.trades[1].fill_id == "f-2");
}

// The second part of an order is no second tranche.
TEST_CASE("an order counts once for the scheme, in however many parts it is filled") {
  const auto memory_after = [](std::vector<double> parts) {
    SilentBench bench(contract_with("ScaledEntryBSH", Fill::close));
    bench.take(0, bench.candles.size() - 3);
    const auto id = bench.broker.sent.at(0).client_order_id;
    for (const double part : parts) {
      bench.broker.books_.apply({environment::Side::buy, 100, part, part * 100, 0});
      bench.broker.news.push_back({.client_order_id = id,
                                   .status = market::OrderStatus::partially_filled,
                                   .trade = market::Trade{environment::Side::buy, 100, part, part * 100, 0}});
    }
    bench.loop.idle();
    return bench.loop.session_state().scheme_state;
  };
  CHECK(memory_after({10}) == memory_after({4, 6}));
}

TEST_CASE("what is on its way when the trader is halted is taken back, purchases when it is reduced") {
  SilentBench bench;
  bench.take(0, bench.candles.size() - 3);
  bench.loop.idle();
  CHECK(bench.broker.cancelled.empty());
  bench.risk.escalate({store::TraderState::reducing, "a look"});
  bench.loop.idle();
  CHECK(bench.broker.cancelled == std::vector{Broker::Scope::purchases});
  bench.risk.escalate({store::TraderState::halted, "a look"});
  bench.loop.idle();
  CHECK(bench.broker.cancelled.back() == Broker::Scope::all);
}

TEST_CASE("what a halted trader sells on the operator's word is not taken back") {
  SilentBench bench;
  bench.take(0, bench.candles.size() - 4);
  bench.broker.books_.restate({0, 10, 100, 3}, 100);
  bench.risk.escalate({store::TraderState::halted, "a look"});
  bench.risk.ask_flatten("enough");
  bench.loop.idle();
  bench.loop.idle();
  CHECK(bench.broker.sent.size() == 1);
  CHECK(bench.broker.cancelled.empty());
}

TEST_CASE("a remainder that no order could sell does not keep the scheme from buying") {
  SilentBench bench;
  bench.broker.smallest = 10;
  bench.broker.books_.restate({10000, 0.05, 100, 3}, 100);  // 5 dollars
  bench.take(0, bench.candles.size() - 3);
  REQUIRE(bench.broker.sent.size() == 1);
  CHECK(bench.broker.sent[0].order.side == environment::Side::buy);
}

TEST_CASE("a position larger than an order may be is flattened in as many orders as that takes") {
  SilentBench bench;
  bench.take(0, bench.candles.size() - 4);
  bench.broker.books_.restate({0, 10, 100, 3}, 100);
  bench.broker.largest_sale = 2;
  bench.risk.ask_flatten("enough");
  for (int order = 0; order < 5; ++order) {
    bench.loop.idle();
    REQUIRE(bench.broker.sent.size() == static_cast<std::size_t>(order + 1));
    bench.broker.sell(2);
    bench.loop.idle();
  }
  bench.loop.idle();
  CHECK(bench.broker.books_.quantity() == 0);
  CHECK(bench.risk.halted());
}

TEST_CASE("an order that certainly was not sent is over") {
  SilentBench bench;
  bench.broker.unreachable = true;
  bench.take(0, bench.candles.size() - 2);
  CHECK(bench.broker.sent.empty());
  bench.broker.unreachable = false;
  bench.take(bench.candles.size() - 2, bench.candles.size() - 1);
  CHECK(bench.broker.sent.size() == 1);
}

TEST_CASE("an order whose id is in the ledger already is not sent again") {
  SilentBench bench;
  const auto first = bench.candles.size() - 4;
  store::LiveOrder earlier;
  earlier.client_order_id =
      "ctt-btc-" + std::to_string(bench.candles[first].open_time.time_since_epoch().count());
  bench.journal.orders.push_back(earlier);
  bench.take(0, first + 1);
  CHECK(bench.broker.sent.empty());
  REQUIRE(bench.journal.decisions.size() == 1);
  CHECK(bench.journal.decisions[0].side == store::Side::none);
  CHECK(bench.journal.decisions[0].reason == "repeated");
}

TEST_CASE("a difference between the books reduces durably before anything else is written") {
  SilentBench bench;
  const auto first = bench.candles.size() - 4;
  bench.broker.differences = {{"the account holds 2 BTC, we know of 1", 0}};
  bench.take(0, first + 2);
  CHECK(bench.journal.states == std::vector<store::TraderState>{store::TraderState::reducing});
  CHECK(bench.broker.sent.empty());
  CHECK(bench.journal.decisions.at(0).reason == "reducing");
  CHECK(bench.loop.state().entries_blocked_by == Override::reducing);
  bench.risk.resume();
  bench.take(first + 2, first + 3);
  CHECK(bench.broker.sent.size() == 1);
}

TEST_CASE("no purchase leaves while the broker's books are unsettled, nor with a clock that is off") {
  SilentBench bench;
  const auto first = bench.candles.size() - 4;
  bench.broker.health.settled = false;
  bench.take(0, first + 1);
  CHECK(bench.journal.decisions.at(0).reason == "unsettled");
  bench.broker.health.settled = true;
  bench.broker.ahead = -6s;
  bench.take(first + 1, first + 2);
  CHECK(bench.journal.decisions.at(1).reason == "clock_skew");
  CHECK(bench.broker.sent.empty());
  bench.broker.ahead = 4s;
  bench.take(first + 2, first + 3);
  CHECK(bench.broker.sent.size() == 1);
}

TEST_CASE("an order below what the broker takes is not even written down") {
  SilentBench bench;
  bench.broker.smallest = 20000;
  bench.take(0, bench.candles.size() - 3);
  CHECK(bench.journal.orders.empty());
  CHECK(bench.journal.decisions.at(0).reason == "below_minimum");
}

TEST_CASE("an output that is no number holds") {
  auto checkpoint = stubborn(contract_with("BSH", Fill::close), 1);
  for (auto& weight : checkpoint.weights)
    weight = std::numeric_limits<float>::max();  // overflows to infinity
  Bench bench(checkpoint);
  bench.take_all(walk(60, 3));
  REQUIRE(bench.journal.decisions.size() > 20);
  CHECK(bench.journal.orders.empty());
  CHECK(bench.journal.decisions.front().reason == "not_finite");
  CHECK(bench.journal.decisions.front().side == store::Side::none);
}

// It learned from bars up to 2026-01-01; entries end after 8 hours, at 16 hours the position goes.
TEST_CASE("a stale model buys nothing, and a very stale one is sold out") {
  auto checkpoint = stubborn(contract_with("BSH", Fill::close), 1);
  const auto candles = warm_then(checkpoint.contract, std::vector<double>(6, 100));
  const auto first = candles.size() - 6;
  const auto closed_at = [&](std::size_t i) { return base::Instant(candles[i].open_time + 1h); };
  RiskLimits limits;
  limits.max_model_age = 8h;
  checkpoint.lineage.data_seen_until = base::to_rfc3339(closed_at(first) - 7h);
  Bench bench(checkpoint, limits, true, 600s);
  const auto take = [&](std::size_t i, std::chrono::hours later) {
    bench.clock.set(closed_at(i) + later);
    bench.take(candles[i]);
  };
  for (std::size_t i = 0; i <= first; ++i) take(i, 0h);
  CHECK(bench.broker.account().quantity() > 0);
  CHECK(bench.loop.state().model_age == 7h);
  take(first + 1, 0h);
  CHECK(bench.loop.state().entries_blocked_by == Override::stale_model);
  for (std::size_t i = first + 2; i < candles.size(); ++i) take(i, 0h);
  CHECK(bench.broker.account().quantity() > 0);

  checkpoint.lineage.data_seen_until = base::to_rfc3339(closed_at(first) - 15h);
  Bench old(checkpoint, limits, true, 600s);
  old.risk.reduce("bought elsewhere");
  for (std::size_t i = 0; i < first; ++i) {
    old.clock.set(closed_at(i));
    old.take(candles[i]);
  }
  old.broker.submit({"elsewhere", {.side = environment::Side::buy, .cash = 1000}, {}, 100});
  old.clock.set(closed_at(first + 1));
  old.take(candles[first + 1]);
  CHECK(old.broker.account().quantity() == 0);
  CHECK(old.journal.decisions.back().reason == "stale_model");
  CHECK(old.journal.decisions.back().side == store::Side::sell);
}

TEST_CASE("after a bar that was overdue, the first one buys nothing") {
  const auto contract = contract_with("BSH", Fill::close);
  const auto candles = warm_then(contract, {100, 100, 100, 100});
  Bench bench(stubborn(contract, 2), Bench::no_limits(), true, 600s);  // sells nothing, for it has nothing
  const auto closed_at = [&](std::size_t i) { return base::Instant(candles[i].open_time + 1h); };
  const auto last = candles.size() - 1;
  for (std::size_t i = 0; i + 2 < last; ++i) {
    bench.clock.set(closed_at(i));
    bench.take(candles[i]);
  }
  REQUIRE(bench.slot.replace(serving(stubborn(contract, 1), 2)) == Swap::done);
  bench.clock.set(closed_at(last - 2) + 601s);
  bench.loop.idle();
  CHECK(bench.loop.state().bars_late);
  bench.clock.set(closed_at(last - 1));
  bench.take(candles[last - 1]);
  CHECK(bench.journal.decisions.back().reason == "stale_data");
  bench.clock.set(closed_at(last));
  bench.take(candles[last]);
  CHECK(bench.journal.orders.size() == 1);
}

TEST_CASE("flattening sells what there is and then halts") {
  const auto contract = contract_with("BSH", Fill::close);
  Bench bench(stubborn(contract, 1));
  const auto candles = warm_then(contract, {100, 100, 100});
  bench.take_all({candles.begin(), candles.end() - 1});
  REQUIRE(bench.broker.account().quantity() > 0);
  bench.risk.ask_flatten("going on holiday");
  bench.loop.idle();
  bench.loop.idle();
  CHECK(bench.broker.account().quantity() == 0);
  CHECK(bench.risk.halted());
  CHECK_FALSE(bench.risk.flattening());
  REQUIRE(bench.journal.halts.size() == 1);
  CHECK(bench.journal.halts[0] == "going on holiday: 0 BTC/USD left");
  bench.take(candles.back());
  CHECK(bench.journal.orders.size() == 2);
}

TEST_CASE("the scheme's memory passes to the next session, but not to another scheme") {
  const auto contract = contract_with("CooldownBSH", Fill::close);
  Bench bench(wilful(contract, 5));
  bench.take_all(walk(100, 3));
  const auto state = bench.loop.session_state();
  CHECK(state.total_bars == 100);
  Bench next(wilful(contract, 6));
  CHECK(next.loop.restore(state.scheme_state));
  CHECK(next.loop.session_state().scheme_state == state.scheme_state);
  Bench other(wilful(contract_with("BSH"), 6));
  CHECK_FALSE(other.loop.restore(state.scheme_state));
  CHECK(other.loop.restore("{}"));  // of a session that ended before its first bar
}

}  // namespace
}  // namespace ctt::trader
