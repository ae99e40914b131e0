#include "alpaca/decimal.h"

#include <limits>

#include <doctest/doctest.h>

namespace ctt::alpaca {
namespace {

Decimal amount(std::string_view text) { return Decimal::parse(text).value(); }

TEST_CASE("an amount is what its text says, to nine places, and the rest is cut towards zero") {
  CHECK(amount("0.009975").text() == "0.009975");
  CHECK(amount("100000").text() == "100000");
  CHECK(amount("0").text() == "0");
  CHECK(amount("-0.000025").text() == "-0.000025");
  CHECK(amount("1.9999999999").text() == "1.999999999");
  CHECK(amount("-1.9999999999").text() == "-1.999999999");
  CHECK(amount("123456789012345678.123456789").text() == "123456789012345678.123456789");
}

TEST_CASE("what is no plain decimal number is nothing") {
  for (const auto* text :
       {"", "-", ".", "1.", ".5", "1e5", "+1", " 1", "1,5", "0x1", "nan", "1.2.3", "1234567890123456789"}) {
    CAPTURE(text);
    CHECK_FALSE(Decimal::parse(text));
  }
  CHECK_FALSE(Decimal::of(std::numeric_limits<double>::quiet_NaN()));
  CHECK_FALSE(Decimal::of(std::numeric_limits<double>::infinity()));
}

// In doubles 0.29 x 100 is 28.999999999999996.
TEST_CASE("a double stands for its shortest text") {
  CHECK(Decimal::of(0.29)->with_places(2).text() == "0.29");
  CHECK(Decimal::of(0.1 + 0.2)->text() == "0.3");
  CHECK(Decimal::of(1e-9)->text() == "0.000000001");
  CHECK(Decimal::of(9.99e-10)->text() == "0");
  CHECK(Decimal::of(1e17)->text() == "100000000000000000");
}

TEST_CASE("amounts are rounded down, never up") {
  CHECK(amount("499.999").with_places(2).text() == "499.99");
  CHECK(amount("0.0123456789").down_to(amount("0.0001")).text() == "0.0123");
  CHECK(amount("0.0123").down_to(amount("0.0001")).text() == "0.0123");
  CHECK(amount("5").down_to(Decimal()).text() == "5");
}

TEST_CASE("sums and comparisons are exact") {
  CHECK(amount("0.1") + amount("0.2") == amount("0.3"));
  CHECK((amount("0.01") - amount("0.000025")).text() == "0.009975");
  CHECK(amount("0.00998") > amount("0.009975"));
  CHECK((amount("1") - amount("3")).magnitude() == amount("2"));
  CHECK(amount("50000.5").number() == 50000.5);
}

}  // namespace
}  // namespace ctt::alpaca
