#include "trader/simulated_broker.h"

namespace ctt::trader {
namespace {

using environment::Fill;
using environment::Side;
using Status = market::OrderStatus;

const market::Candle kBar{base::Seconds{}, 100, 120, 90, 110, 1};

OrderIntent buy(double cash, double close) {
  return {"o1", {.side = Side::buy, .cash = cash}, base::Seconds{}, close};
}

// 1,000 less 1 % buys 990 worth.
TEST_CASE("with fill close an order fills at once, at its bar's close") {
  SimulatedBroker broker(1000, {.commission = 0.01}, Fill::close);
  broker.submit(buy(1000, 110));
  const auto events = broker.take_events();
  REQUIRE(events.size() == 1);
  CHECK(events[0].status == Status::filled);
  CHECK(events[0].trade->price == 110);
  CHECK(events[0].trade->quantity == doctest::Approx(9));
  CHECK(broker.take_events().empty());
}

TEST_CASE("with fill next_open an order waits for the next bar's open") {
  SimulatedBroker broker(1000, {.commission = 0.01}, Fill::next_open);
  broker.submit(buy(1000, 110));
  auto events = broker.take_events();
  REQUIRE(events.size() == 1);
  CHECK(events[0].status == Status::open);
  CHECK(broker.account().quantity() == 0);
  broker.bar_arrived(kBar);
  events = broker.take_events();
  REQUIRE(events.size() == 1);
  CHECK(events[0].status == Status::filled);
  CHECK(events[0].trade->price == 100);
  CHECK(broker.account().quantity() == doctest::Approx(9.9));
  broker.bar_arrived(kBar);
  CHECK(broker.take_events().empty());
}

TEST_CASE("a fill is half a spread beside the price of its bar") {
  SimulatedBroker broker(1010, {.commission = 0, .half_spread = 0.01}, Fill::close);
  broker.submit(buy(1010, 100));
  const auto events = broker.take_events();
  REQUIRE(events.size() == 1);
  CHECK(events[0].trade->price == doctest::Approx(101));
  CHECK(events[0].trade->quantity == doctest::Approx(10));
}

TEST_CASE("an order the account cannot cover is rejected with a reason") {
  SimulatedBroker broker(1000, {.commission = 0.01}, Fill::close);
  broker.submit({"o1", {.side = Side::sell, .quantity = 1}, base::Seconds{}, 110});
  const auto events = broker.take_events();
  REQUIRE(events.size() == 1);
  CHECK(events[0].status == Status::rejected);
  CHECK(events[0].reason);
  CHECK(broker.account().cash() == 1000);
}

}  // namespace
}  // namespace ctt::trader
