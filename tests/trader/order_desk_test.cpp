#include <thread>

#include "base/json.h"
#include "silent_broker.h"

// Sales in parts, flattening, and bars that wait: what is told by a broker that only does what it is told.

namespace ctt::trader {
namespace {

using namespace std::chrono_literals;
using environment::Fill;

// A bench whose account holds 10 coins and whose policy has sold once, in orders of 4 at most.
struct Selling : SilentBench {
  explicit Selling(policy::Contract the_contract = contract_with("BSH", Fill::close))
      : SilentBench(std::move(the_contract)) {
    act(2, 2);
    broker.smallest = 1;
    broker.largest_sale = 4;
    broker.books_.restate({0, 10, 100, 3}, 100);
    first = candles.size() - 4;
    take(0, first + 1);
  }
  void act(int action, std::int64_t version) {
    REQUIRE(slot.replace(serving(stubborn(contract, action), version)) == Swap::done);
  }
  std::size_t first = 0;
};

// A bench that is to sell its 10 coins.
struct Flattening : SilentBench {
  Flattening() {
    broker.smallest = 1;
    take(0, candles.size() - 4);
    broker.books_.restate({0, 10, 100, 3}, 100);
    risk.ask_flatten("enough");
  }
  // Turns until so many orders were sent.
  void turn_until_sent(std::size_t orders) {
    for (int turn = 0; turn < 500 && broker.sent.size() < orders; ++turn) {
      loop.idle();
      std::this_thread::sleep_for(1ms);
    }
    REQUIRE(broker.sent.size() == orders);
  }
};

TEST_CASE("a sale of more than the largest order goes on until the position is sold, as one sale") {
  Selling bench;
  REQUIRE(bench.broker.sent.size() == 1);
  bench.act(0, 3);  // the policy sells once and holds afterwards
  for (const double part : {4.0, 4.0, 2.0}) {
    CHECK(bench.broker.sent.back().order.quantity == part);
    bench.broker.sell(part);
    bench.loop.idle();
  }
  bench.take(bench.first + 1, bench.first + 2);
  CHECK(bench.broker.books_.quantity() == 0);
  REQUIRE(bench.broker.sent.size() == 3);
  CHECK(bench.broker.sent[1].client_order_id == bench.broker.sent[0].client_order_id + "-part2");
  CHECK(bench.journal.orders.back().model_version == 2);  // that decided
  CHECK(bench.journal.decisions.back().reason == std::nullopt);
}

// Sold at 100; the fee is 1 of 400, and the close that was decided on stays the reference of every part.
TEST_CASE(
    "each fill records its fee and how much worse than the decision bar's close it was, in basis points") {
  Selling bench;
  const double close = bench.broker.sent.front().close;
  for (const double part : {4.0, 4.0}) {
    bench.broker.sell(part, 1);
    bench.loop.idle();
  }
  REQUIRE(bench.journal.trades.size() == 2);
  for (const auto& trade : bench.journal.trades) {
    CHECK(*trade.fee_bp == doctest::Approx(25));
    CHECK(*trade.slippage_bp == doctest::Approx(1e4 * (1 - 100 / close)));
  }
}

// What the scheme remembers of 10 coins sold at once it remembers of 4, 4 and 2 as well.
TEST_CASE("for every action scheme a sale in several orders is the sale that it would be in one") {
  for (const auto& scheme : environment::action_scheme_names()) {
    CAPTURE(scheme);
    const auto memory_after = [&](double largest, const std::vector<double>& parts) {
      SilentBench bench(contract_with(scheme, Fill::close));
      bench.broker.smallest = 1;
      bench.broker.largest_sale = largest;
      bench.broker.books_.restate({0, 10, 100, 30}, 100);
      const int sells_all = scheme == "PartialTakeProfitBSH" ? 3 : 2;
      REQUIRE(bench.slot.replace(serving(stubborn(bench.contract, sells_all), 2)) == Swap::done);
      for (std::size_t i = 0; bench.broker.sent.empty() && i < bench.candles.size(); ++i)
        bench.take(i, i + 1);
      REQUIRE_FALSE(bench.broker.sent.empty());
      for (const double part : parts) {
        bench.broker.sell(part);
        bench.loop.idle();
      }
      CHECK(bench.broker.books_.quantity() == 0);
      auto json = base::JsonValue::parse(bench.loop.session_state().scheme_state, "memory").as_object();
      std::string memory;
      for (const auto& value : json.at("memory").as_array()) memory += fmt::format("{} ", value.as_number());
      return memory;
    };
    CHECK(memory_after(4, {4, 4, 2}) == memory_after(0, {10}));
  }
}

TEST_CASE("a refused part ends a sale in parts, and so does a halt") {
  for (const bool halt : {false, true}) {
    Selling bench;
    if (halt) {
      bench.risk.halt("enough");
      bench.broker.sell(4);
    } else {
      bench.broker.refuse("not now");
    }
    bench.loop.idle();
    bench.loop.idle();
    CHECK(bench.broker.sent.size() == 1);
  }
}

TEST_CASE("a flatten goes on after refusals, with pauses, until nothing sellable is left") {
  Flattening bench;
  for (std::size_t refusals = 1; refusals <= 6; ++refusals) {
    bench.turn_until_sent(refusals);
    bench.broker.refuse("insufficient qty");
    bench.loop.idle();
    CHECK(bench.loop.state().flatten_problem == "insufficient qty");
    CHECK(bench.risk.flattening());
  }
  bench.turn_until_sent(7);
  bench.broker.sell(10);
  bench.loop.idle();
  CHECK(bench.risk.halted());
  CHECK_FALSE(bench.risk.flattening());
  CHECK_FALSE(bench.loop.state().left_to_sell);
  REQUIRE(bench.journal.halts.size() == 1);
  CHECK(bench.journal.halts[0] == "enough: 0 BTC/USD left");
}

TEST_CASE("a flatten waits for books that are settled") {
  Flattening bench;
  bench.broker.health.settled = false;
  bench.loop.idle();
  CHECK(bench.broker.sent.empty());
  CHECK(bench.risk.flattening());
  bench.broker.health.settled = true;
  bench.loop.idle();
  CHECK(bench.broker.sent.size() == 1);
}

TEST_CASE("coins that the broker does not release yet are no end of a flatten") {
  Flattening bench;
  bench.broker.released = false;
  bench.loop.idle();
  CHECK(bench.broker.sent.empty());
  CHECK(bench.risk.flattening());
  CHECK_FALSE(bench.risk.halted());
  CHECK_FALSE(bench.loop.state().flatten_problem.empty());
  bench.broker.released = true;
  bench.turn_until_sent(1);
}

TEST_CASE("a resume takes a flatten back") {
  Flattening bench;
  bench.turn_until_sent(1);
  bench.broker.refuse("insufficient qty");
  bench.loop.idle();
  bench.risk.resume();
  for (int turn = 0; turn < 20; ++turn) {
    bench.loop.idle();
    std::this_thread::sleep_for(1ms);
  }
  CHECK(bench.broker.sent.size() == 1);
}

// A live loop over hourly bars whose account is read again while `settled` is false.
struct Live : SilentBench {
  Live() { loop.warm_up(std::span(candles).first(last)); }

  base::Instant closed(std::size_t bar) const { return candles[bar].open_time + 1h; }
  BarResult take_at_its_end(std::size_t bar) {
    manual.set(closed(bar));
    return loop.take({candles[bar], contract.timeframe, false});
  }

  std::size_t last = candles.size() - 4;
  base::ManualClock manual{closed(last)};
  DecisionLoop loop{
      {.contract = contract, .schedule_id = "btc", .session_id = "live-1", .live = true, .stale_after = 120s},
      slot,
      broker,
      risk,
      journal,
      manual};
};

TEST_CASE("a live bar waits for settled books within its grace, and is decided on then") {
  Live bench;
  bench.broker.health.settled = false;
  CHECK_FALSE(bench.take_at_its_end(bench.last).decision);
  bench.manual.set(bench.closed(bench.last) + 30s);
  CHECK_FALSE(bench.loop.idle());
  bench.broker.health.settled = true;
  const auto late = bench.loop.idle();
  REQUIRE(late);
  CHECK(late->decision->side == store::Side::buy);
  CHECK(late->decision->bar_open_time == bench.candles[bench.last].open_time);
  CHECK(bench.broker.sent.size() == 1);
  CHECK_FALSE(bench.loop.idle());
}

TEST_CASE("a live bar whose books do not settle in time is held by name") {
  Live bench;
  bench.broker.health.settled = false;
  CHECK_FALSE(bench.take_at_its_end(bench.last).decision);
  bench.manual.set(bench.closed(bench.last) + 121s);
  const auto held = bench.loop.idle();
  REQUIRE(held);
  CHECK(held->decision->side == store::Side::none);
  CHECK(held->decision->reason == "unsettled");

  CHECK_FALSE(bench.take_at_its_end(bench.last + 1).decision);
  const auto overtaken = bench.loop.end_waiting();
  REQUIRE(overtaken);
  CHECK(overtaken->decision->reason == "unsettled");
  CHECK_FALSE(bench.loop.end_waiting());
}

// Bought at 100; at 50 the stop of 5 % sells, although the account cannot be read.
TEST_CASE("stops stay in force while the books are not settled") {
  SilentBench bench(contract_with("TrailingStopBSH", Fill::close));
  REQUIRE(bench.slot.replace(serving(stubborn(bench.contract, 0), 2)) == Swap::done);
  bench.candles = warm_then(bench.contract, {100, 100, 50, 50});
  bench.broker.books_.restate({0, 10, 100, 3}, 100);
  bench.broker.health.settled = false;
  bench.take(0, bench.candles.size() - 1);
  REQUIRE(bench.broker.sent.size() == 1);
  CHECK(bench.broker.sent[0].order.side == store::Side::sell);
  CHECK(bench.journal.decisions[2].reason == "scheme");
}

// 10 coins at 100 vanish: the equity falls by 1,000 of 11,000, and the limit is 5 %.
TEST_CASE("risk does not judge books that just differed") {
  SilentBench bench;
  Risk risk({.max_position = 0, .max_drawdown_fraction = 0.05, .max_daily_loss_fraction = 0.05});
  DecisionLoop loop({.contract = bench.contract, .schedule_id = "btc", .session_id = "live-1"}, bench.slot,
                    bench.broker, risk, bench.journal, bench.clock);
  bench.broker.books_.restate({10000, 10, 100, 3}, 100);
  const auto first = bench.candles.size() - 4;
  for (std::size_t i = 0; i <= first; ++i) loop.take({bench.candles[i], bench.contract.timeframe, false});
  bench.broker.books_.restate({10000, 0, 0, 0}, 100);
  bench.broker.differences = {{"it holds 0, not 10", -1000}};
  loop.idle();
  loop.take({bench.candles[first + 1], bench.contract.timeframe, false});
  CHECK(risk.state() == store::TraderState::reducing);
  CHECK(risk.peak() == doctest::Approx(10000));
  CHECK(risk.drawdown_fraction() == doctest::Approx(0));
}

}  // namespace
}  // namespace ctt::trader
