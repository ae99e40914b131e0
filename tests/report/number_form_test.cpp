#include "report/number_form.h"

#include <limits>

using namespace ctt::report;

TEST_CASE("numbers are rounded for people, with a sign that is a minus and a unit that stays beside them") {
  CHECK(shown(3.149, NumberForm::change) == "+3.1\u00A0%");
  CHECK(shown(-4, NumberForm::change) == "\u22124.0\u00A0%");
  CHECK(shown(0.031, NumberForm::change) == "+0.03\u00A0%");
  CHECK(shown(1234.5, NumberForm::percent) == "1,234\u00A0%");
  CHECK(shown(13165, NumberForm::count) == "13,165");
  CHECK(shown(1234567.4, NumberForm::money) == "1,234,567");
  CHECK(shown(12.345, NumberForm::money) == "12.35");
  CHECK(shown(0.0042, NumberForm::probability) == "0.004");
  CHECK(shown(-0.507, NumberForm::ratio) == "\u22120.51");
}

TEST_CASE("what rounds to 0 has no sign") {
  CHECK(shown(-0.001, NumberForm::change) == "0.0\u00A0%");
  CHECK(shown(-0.4, NumberForm::count) == "0");
  CHECK(shown(0, NumberForm::change) == "0.0\u00A0%");
}

TEST_CASE("a number stands beside its exact value, and one that is not defined is a dash") {
  CHECK(exact(3.140625, NumberForm::change) == "<data value=\"3.140625\">+3.1\u00A0%</data>");
  CHECK(exact({}, NumberForm::ratio).find("\u2013") != std::string::npos);
  CHECK(exact(std::numeric_limits<double>::quiet_NaN(), NumberForm::ratio) == exact({}, NumberForm::ratio));
}
