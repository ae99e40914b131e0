#include "environment/account.h"

#include <rapidcheck.h>

#include "base/random.h"

using namespace ctt::environment;
using doctest::Approx;

TEST_CASE("a purchase of cash m becomes m (1 - c) / price, a sale of q brings q price (1 - c)") {
  Account account(1000, {.commission = 0.01});
  const auto bought = account.execute({.side = Side::buy, .cash = 1000}, 50);
  CHECK(bought.quantity == Approx(19.8));
  CHECK(bought.commission == Approx(10));
  CHECK(account.cash() == 0);
  CHECK(account.net_worth(50) == Approx(990));

  const auto sold = account.execute({.side = Side::sell, .quantity = 19.8}, 100);
  CHECK(sold.cash == Approx(1960.2));
  CHECK(sold.commission == Approx(19.8));
  CHECK(account.quantity() == 0);
  CHECK(account.cash() == Approx(1960.2));
}

// Bought at 101 with 99 % of 1010, sold at 99: the spread takes 1 % of the price on each side, the commission 1 % of the
// value.
TEST_CASE("a market order pays half a spread beside the price, and the commission of that value") {
  Account account(1010, {.commission = 0.01, .half_spread = 0.01});
  const auto bought = account.execute({.side = Side::buy, .cash = 1010}, 100);
  CHECK(bought.price == Approx(101));
  CHECK(bought.quantity == Approx(9.9));
  CHECK(account.entry_price() == Approx(101));
  const auto sold = account.execute({.side = Side::sell, .quantity = 9.9}, 100);
  CHECK(sold.price == Approx(99));
  CHECK(sold.commission == Approx(9.801));
  CHECK(account.cash() == Approx(9.9 * 99 - 9.801));
}

TEST_CASE("without a half spread a trade has the market's price, to the last bit") {
  Account account(1000, {.commission = 0.0005});
  CHECK(account.execute({.side = Side::buy, .cash = 500}, 1.0 / 3).price == 1.0 / 3);
  CHECK(account.execute({.side = Side::sell, .quantity = 500}, 0.1 + 0.2).price == 0.1 + 0.2);
}

TEST_CASE("an account spends no more than it has and sells no more than it holds") {
  Account account(1000, {});
  CHECK(account.execute({.side = Side::buy, .cash = 5000}, 10).cash == 1000);
  CHECK(account.execute({.side = Side::buy, .cash = 1}, 10).side == Side::none);
  CHECK(account.execute({.side = Side::sell, .quantity = 500}, 10).quantity == 100);
  CHECK(account.execute({.side = Side::sell, .quantity = 1}, 10).side == Side::none);
  CHECK(account.cash() == 1000);
}

TEST_CASE("an order without an amount, or with one that is not a number, trades nothing") {
  Account account(1000, {});
  CHECK(account.execute({}, 10).side == Side::none);
  CHECK(account.execute({.side = Side::buy, .cash = -5}, 10).side == Side::none);
  CHECK(account.execute({.side = Side::buy, .cash = std::nan("")}, 10).side == Side::none);
  CHECK(account.cash() == 1000);
}

TEST_CASE("the entry price is the average of the purchases and goes with the position") {
  Account account(1000, {});
  account.execute({.side = Side::buy, .cash = 100}, 10);  // 10 at 10
  account.execute({.side = Side::buy, .cash = 200}, 20);  // 10 at 20
  CHECK(account.entry_price() == Approx(15));
  CHECK(account.unrealised_return(30) == Approx(1));
  account.execute({.side = Side::sell, .quantity = 5}, 30);
  CHECK(account.entry_price() == Approx(15));
  account.execute({.side = Side::sell, .quantity = 15}, 30);
  CHECK(account.entry_price() == 0);
  CHECK(account.unrealised_return(30) == 0);
}

TEST_CASE("bars are counted while something is held") {
  Account account(1000, {});
  account.next_bar();
  CHECK(account.bars_held() == 0);
  account.execute({.side = Side::buy, .cash = 100}, 10);
  account.next_bar();
  account.next_bar();
  CHECK(account.bars_held() == 2);
  account.execute({.side = Side::sell, .quantity = 10}, 10);
  account.next_bar();
  CHECK(account.bars_held() == 0);
}

TEST_CASE("the account columns are the invested fraction, the open return and tanh of bars held / 100") {
  Account account(1000, {});
  account.execute({.side = Side::buy, .cash = 250}, 10);
  account.next_bar();
  float columns[3];
  write_account_columns(account, 20, columns);  // 750 in cash, 25 x 20 invested
  CHECK(columns[0] == Approx(0.4));
  CHECK(columns[1] == Approx(1));
  CHECK(columns[2] == Approx(std::tanh(0.01)));
}

TEST_CASE("a broker's sale of all but dust closes the position") {
  Account account(1000, {});
  account.apply({.side = Side::buy, .price = 10, .quantity = 99.9, .cash = 1000, .commission = 1});
  CHECK(account.quantity() == 99.9);
  CHECK(account.cash() == 0);
  account.apply({.side = Side::sell, .price = 10, .quantity = 99.9 - 1e-12, .cash = 998});
  CHECK(account.quantity() == 0);
  CHECK(account.entry_price() == 0);
  CHECK(account.cash() == 998);
}

TEST_CASE("a trade changes the net worth at its price by its commission and nothing else") {
  CHECK(rc::check([](std::uint64_t seed) {
    ctt::base::Random random(seed);
    Account account(1000, {.commission = 0.3 * random.uniform()});
    for (int k = 0; k < 20; ++k) {
      const double price = std::exp(3 * random.normal());
      const double before = account.net_worth(price);
      const bool buy = random.uniform() < 0.5;
      const auto trade = account.execute({.side = buy ? Side::buy : Side::sell,
                                          .cash = random.uniform() * 1.2 * account.cash(),
                                          .quantity = random.uniform() * 1.2 * account.quantity()},
                                         price);
      RC_ASSERT(std::abs(account.net_worth(price) + trade.commission - before) <= 1e-9 * before);
      RC_ASSERT(account.cash() >= 0 && account.quantity() >= 0);
    }
  }));
}
