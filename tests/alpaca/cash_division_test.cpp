#include "alpaca/cash_division.h"

#include <doctest/doctest.h>

namespace ctt::alpaca {
namespace {

using namespace std::chrono_literals;
using Steady = CashDivision::Steady;

Decimal usd(double amount) { return Decimal::or_zero(amount); }

LedgerCash at_rest(double cash) { return {.cash = usd(cash)}; }

const Steady::time_point kStart{1h};

Decimal sum_of(const std::vector<CashShare>& shares) {
  Decimal sum;
  for (const auto& share : shares) sum = sum + share.cash;
  return sum;
}

// Two ledgers of 400 and 300 dollars on an account of 1000, seen twice: 300 are nobody's.
CashDivision of_a_thousand() {
  CashDivision division(30s);
  const std::vector ledgers{at_rest(400), at_rest(300)};
  division.divide(usd(1000), ledgers, {}, kStart);
  division.divide(usd(1000), ledgers, {}, kStart);
  return division;
}

TEST_CASE("what no ledger has is nobody's, once two readings with all at rest agree") {
  CashDivision division(30s);
  std::vector ledgers{at_rest(400), at_rest(300)};
  ledgers[0].moving = true;
  for (int i = 0; i < 3; ++i) division.divide(usd(1000), ledgers, {}, kStart);
  CHECK_FALSE(division.nobodys());
  ledgers[0].moving = false;
  division.divide(usd(1000), ledgers, {}, kStart);
  CHECK_FALSE(division.nobodys());
  division.divide(usd(1000), ledgers, {}, kStart);
  CHECK(division.nobodys() == usd(300));
}

TEST_CASE("rounding and fees go to those that traded, and the sum is the account's to the last place") {
  auto division = of_a_thousand();
  std::vector ledgers{at_rest(400), at_rest(300)};
  ledgers[1].moving = true;
  ledgers[1].less = ledgers[1].more = 1.5;
  const auto shares = division.divide(usd(998.766666667), ledgers, {}, kStart);
  CHECK(shares[0].cash == usd(400));
  CHECK(shares[1].cash == usd(298.766666667));
  CHECK_FALSE(shares[1].open);
  CHECK(sum_of(shares) + *division.nobodys() == usd(998.766666667));
}

TEST_CASE("fees that are taken at the day's end are each ledger's own") {
  auto division = of_a_thousand();
  std::vector ledgers{at_rest(400), at_rest(300)};
  ledgers[0].due = 3;
  ledgers[1].due = 1;
  const auto shares = division.divide(usd(996), ledgers, {}, kStart);
  CHECK(shares[0].cash == usd(397));
  CHECK(shares[1].cash == usd(299));
}

TEST_CASE("what matches the fees that are due is those, though somebody has just traded") {
  auto division = of_a_thousand();
  std::vector ledgers{at_rest(400), at_rest(300)};
  ledgers[0].due = 3;
  ledgers[1].moving = true;
  ledgers[1].less = ledgers[1].more = 5;
  const auto shares = division.divide(usd(997), ledgers, {}, kStart);
  CHECK(shares[0].cash == usd(397));
  CHECK(shares[1].cash == usd(300));
}

TEST_CASE("a fee that a ledger has no cash for is paid by what is nobody's") {
  auto division = of_a_thousand();
  std::vector ledgers{at_rest(700), at_rest(0)};
  ledgers[1].moving = true;
  ledgers[1].less = ledgers[1].more = 2;
  const auto shares = division.divide(usd(998.5), ledgers, {}, kStart);
  CHECK(shares[0].cash == usd(700));
  CHECK(shares[1].cash == usd(0));
  CHECK(division.nobodys() == usd(298.5));
}

TEST_CASE("a ledger that was a little below 0 has nothing, and where nothing is nobody's the others pay") {
  CashDivision division(30s);
  division.restore(usd(0));
  const std::vector ledgers{at_rest(700), at_rest(-0.004)};
  const auto shares = division.divide(usd(699.996), ledgers, {}, kStart);
  CHECK(shares[0].cash == usd(699.996));
  CHECK(shares[1].cash == usd(0));
  CHECK(division.nobodys() == usd(0));
}

TEST_CASE("the only ledger of an account that is cents below 0 is left with them") {
  CashDivision division(30s);
  division.restore(usd(0));
  const std::vector ledgers{at_rest(-0.004)};
  const auto shares = division.divide(usd(-0.004), ledgers, {}, kStart);
  CHECK(shares[0].cash == usd(-0.004));
  CHECK_FALSE(shares[0].open);
}

// Somebody bought the second ledger's coins for 400, and it had 300.
TEST_CASE("coins that cost more than their ledger had are bought with what is nobody's") {
  auto division = of_a_thousand();
  std::vector ledgers{at_rest(400), at_rest(300)};
  ledgers[1].coins_differ = true;
  for (int i = 0; i < 2; ++i) {
    const auto shares = division.divide(usd(600), ledgers, {}, kStart);
    CHECK(shares[0].cash == usd(400));
    CHECK(shares[1].cash == usd(0));
    CHECK(division.nobodys() == usd(200));
  }
}

TEST_CASE("cash that moves without a trade of ours is nobody's when patience is over") {
  auto division = of_a_thousand();
  const std::vector ledgers{at_rest(400), at_rest(300)};
  for (const auto after : {0s, 10s, 29s}) {
    const auto shares = division.divide(usd(1500), ledgers, {}, kStart + after);
    CHECK(shares[0].cash == usd(400));
    CHECK_FALSE(shares[0].open);  // it is no business of those at rest
    CHECK(division.nobodys() == usd(300));
  }
  division.divide(usd(1500), ledgers, {}, kStart + 30s);
  CHECK(division.nobodys() == usd(800));
}

TEST_CASE("patience begins anew with each order, and whoever has one out waits for the cash") {
  auto division = of_a_thousand();
  std::vector ledgers{at_rest(400), at_rest(300)};
  ledgers[0].moving = true;
  const auto shares = division.divide(usd(900), ledgers, kStart, kStart);
  CHECK(shares[0].open);
  CHECK_FALSE(shares[1].open);
  division.divide(usd(900), ledgers, kStart + 20s, kStart + 31s);
  CHECK(division.nobodys() == usd(300));
  division.divide(usd(900), ledgers, kStart + 20s, kStart + 50s);
  CHECK(division.nobodys() == usd(200));
}

TEST_CASE(
    "money that nobody's cash does not cover is lost by the ledgers, in proportion, and none falls below 0") {
  auto division = of_a_thousand();
  const std::vector ledgers{at_rest(400), at_rest(300)};
  auto shares = division.divide(usd(350), ledgers, {}, kStart);
  CHECK(shares[0].open);
  CHECK(shares[1].open);
  shares = division.divide(usd(350), ledgers, {}, kStart + 30s);
  CHECK(shares[0].lost);
  CHECK(shares[0].cash == usd(200));
  CHECK(shares[1].cash == usd(150));
  CHECK(division.nobodys() == usd(0));
}

TEST_CASE("where a ledger's coins differ its cash goes along, and no other's") {
  auto division = of_a_thousand();
  std::vector ledgers{at_rest(400), at_rest(300)};
  ledgers[1].coins_differ = true;
  const auto shares = division.divide(usd(900), ledgers, {}, kStart);
  CHECK(shares[0].cash == usd(400));
  CHECK(shares[1].cash == usd(200));
}

TEST_CASE("what coins cannot have been sold for is not their ledger's") {
  auto division = of_a_thousand();
  std::vector ledgers{at_rest(400), at_rest(300)};
  ledgers[1].coins_differ = true;
  ledgers[1].coins_cash = 150;
  CHECK(division.divide(usd(1140), ledgers, {}, kStart)[1].cash == usd(440));
  CHECK(division.divide(usd(2000), ledgers, {}, kStart)[1].cash == usd(300));
  CHECK(division.divide(usd(860), ledgers, {}, kStart)[1].cash == usd(300));
  ledgers[1].coins_cash = -150;  // bought, and not sold
  CHECK(division.divide(usd(860), ledgers, {}, kStart)[1].cash == usd(160));
}

// The account lags behind a sale of the second; the first one's fee, which is not taken yet, is in the same cash.
TEST_CASE("while one ledger's coins differ those that traded as well wait for a reading that has it all") {
  auto division = of_a_thousand();
  std::vector ledgers{at_rest(400), at_rest(300), at_rest(0)};
  ledgers[0].moving = ledgers[1].moving = ledgers[1].coins_differ = true;
  const auto shares = division.divide(usd(951), ledgers, {}, kStart);
  CHECK(shares[0].open);
  CHECK(shares[0].cash == usd(400));
  CHECK(shares[1].cash == usd(251));
  CHECK_FALSE(shares[2].open);
}

TEST_CASE("a ledger that joins takes its cash from nobody") {
  auto division = of_a_thousand();
  division.take_out(usd(250));
  const std::vector ledgers{at_rest(400), at_rest(300), at_rest(250)};
  const auto shares = division.divide(usd(1000), ledgers, {}, kStart);
  CHECK(sum_of(shares) == usd(950));
  CHECK(division.nobodys() == usd(50));
}

}  // namespace
}  // namespace ctt::alpaca
