#include "market/series.h"

#include <limits>

#include "hours.h"

using namespace ctt;
using market::TimeRange;
using support::hour;

namespace {

const auto kHour = market::Timeframe::parse("1h");

std::vector<std::pair<int, int>> gaps(std::initializer_list<int> present, const TimeRange& range) {
  const auto candles = support::hours(present).candles;
  std::vector<std::pair<int, int>> found;
  for (const auto& gap : market::gaps(candles, range, kHour)) {
    found.emplace_back((gap.first - hour(0)) / std::chrono::hours(1),
                       (gap.last - hour(0)) / std::chrono::hours(1));
  }
  return found;
}

}  // namespace

TEST_CASE("rows are put in order, and of one time the later counts; those that said otherwise are told") {
  const auto row = [](int index, double close) { return market::Candle{hour(index), 1, 1, 1, close, 1}; };
  const double none = std::numeric_limits<double>::quiet_NaN();
  std::vector rows{row(3, 1), row(1, 1), row(2, none), row(1, 2), row(2, none), row(1, 2), row(1, 1)};
  CHECK(market::put_in_order(rows) == std::vector{row(1, 1), row(1, 2)});
  REQUIRE(rows.size() == 3);
  CHECK(rows[0] == row(1, 1));
  CHECK(market::same_values(rows[1], row(2, none)));
  CHECK(rows[2] == row(3, 1));
  CHECK(market::put_in_order(rows).empty());
}

TEST_CASE("the usual distance is what most bars lie apart, in whatever order they stand") {
  const auto distance = [](std::initializer_list<int> minutes) {
    std::vector<market::Candle> candles;
    for (const int minute : minutes)
      candles.push_back({base::Seconds(std::chrono::minutes(minute)), 1, 1, 1, 1, 1});
    return market::usual_distance(candles);
  };
  CHECK(distance({10, 0, 5, 60, 65}) == std::chrono::minutes(5));
  CHECK(distance({10}) == std::chrono::seconds(0));
  CHECK(distance({}) == std::chrono::seconds(0));
}

TEST_CASE("gaps are the stretches without candles, at the ends of the range too") {
  using Gaps = std::vector<std::pair<int, int>>;
  CHECK(gaps({1, 2, 3}, {hour(1), hour(3)}) == Gaps{});
  CHECK(gaps({}, {hour(1), hour(3)}) == Gaps{{1, 3}});
  CHECK(gaps({6, 2, 2, 3}, {hour(0), hour(8)}) == Gaps{{0, 1}, {4, 5}, {7, 8}});
  CHECK(gaps({1, 9}, {hour(3), hour(2)}) == Gaps{});
  // From half past one to half past three: the bars of two and three o'clock.
  const TimeRange halves{hour(1) + std::chrono::minutes(30), hour(3) + std::chrono::minutes(30)};
  CHECK(gaps({3}, halves) == Gaps{{2, 2}});
  CHECK(gaps({}, halves) == Gaps{{2, 3}});
  CHECK(market::bars_in(halves, kHour) == 2);
  CHECK(market::bars_in({hour(1), hour(3)}, kHour) == 3);
  CHECK(market::bars_in({hour(3), hour(1)}, kHour) == 0);
}

TEST_CASE("a revision is a bar that both have, with other numbers") {
  const auto stored = support::hours({1, 2, 3, 5}).candles;
  auto fetched = support::hours({2, 3, 4, 5}).candles;
  fetched[1].volume += 1;
  const auto found = market::revisions(stored, fetched);
  REQUIRE(found.size() == 1);
  CHECK(found[0].stored == stored[2]);
  CHECK(found[0].fetched == fetched[1]);

  auto spoiled = support::hours({2}).candles;
  spoiled[0].volume = NAN;
  CHECK(market::revisions(spoiled, spoiled).empty());  // the same lack twice
  CHECK(market::revisions(stored, spoiled).size() == 1);
}
