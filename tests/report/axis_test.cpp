#include "report/axis.h"

#include "base/time.h"
#include "report/date_axis.h"

using namespace ctt::report;

namespace {

std::vector<std::string> labels(const std::vector<AxisTick>& ticks) {
  std::vector<std::string> all;
  for (const auto& tick : ticks) all.push_back(tick.label);
  return all;
}

std::vector<std::string> dates(std::string_view first, std::string_view last, int count) {
  const auto seconds = [](std::string_view text) {
    return std::chrono::duration<double>(ctt::base::parse_time(text).time_since_epoch()).count();
  };
  return labels(date_ticks(seconds(first), seconds(last), count));
}

using Labels = std::vector<std::string>;

}  // namespace

TEST_CASE("ticks are round numbers inside of the scale") {
  CHECK(labels(round_ticks({-7, 12, false}, 5)) == Labels{"\u22125", "0", "5", "10"});
  CHECK(labels(round_ticks({0.1, 0.45, false}, 4, " %")) == Labels{"0.1 %", "0.2 %", "0.3 %", "0.4 %"});
  CHECK(labels(round_ticks({9500, 10600, false}, 5)) == Labels{"9,500", "10,000", "10,500"});
}

TEST_CASE("a logarithmic scale has ticks at 1, 2 and 5, and equal ratios are equally long") {
  const auto scale = equity_scale(1000, 100000);
  REQUIRE(scale.logarithmic);
  CHECK(scale.place(10000) - scale.place(1000) == doctest::Approx(scale.place(100000) - scale.place(10000)));
  CHECK(labels(round_ticks(scale, 6)) ==
        Labels{"1,000", "2,000", "5,000", "10,000", "20,000", "50,000", "100,000"});
}

TEST_CASE("equity that stays within a factor of three is drawn on a linear scale, and so is one at 0") {
  CHECK_FALSE(equity_scale(9000, 20000).logarithmic);
  CHECK_FALSE(equity_scale(0, 20000).logarithmic);
  CHECK(equity_scale(10000, 10000).place(10000) == doctest::Approx(0.5));  // no range, no division by 0
}

TEST_CASE("a scale of changes holds 0") {
  const auto scale = change_scale(-60, -10);
  CHECK(scale.place(0) < 1);
  CHECK(scale.place(0) > 0.9);
  CHECK(scale.place(-60) > 0);
}

TEST_CASE("dates are named by what changes, and the first of them by its year") {
  CHECK(dates("2017-07-01", "2018-12-31", 9) == Labels{"Jul 2017", "Oct", "2018", "Apr", "Jul", "Oct"});
  CHECK(dates("2011-03-05", "2019-12-31", 9) ==
        Labels{"2012", "2013", "2014", "2015", "2016", "2017", "2018", "2019"});
  CHECK(dates("2026-11-22T18:00:00Z", "2026-11-25T06:00:00Z", 6) ==
        Labels{"23 Nov", "12:00", "24 Nov", "12:00", "25 Nov"});
  CHECK(dates("2026-11-22", "2026-11-22", 6).empty());
}
