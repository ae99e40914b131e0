#include "market/timeframe.h"

#include "base/error.h"

using namespace ctt;
using market::Timeframe;

namespace {

base::Instant at(std::string_view text) { return base::parse_time(text); }

std::string floor(std::string_view timeframe, std::string_view instant) {
  return base::to_rfc3339(Timeframe::parse(timeframe).floor(at(instant)));
}

}  // namespace

TEST_CASE("a timeframe has our name and the broker's, and reads both") {
  for (const auto& [ours, alpaca] : {std::pair{"1m", "1Min"},
                                     {"5m", "5Min"},
                                     {"15m", "15Min"},
                                     {"1h", "1Hour"},
                                     {"4h", "4Hour"},
                                     {"1d", "1Day"},
                                     {"1w", "1Week"}}) {
    CHECK(Timeframe::parse(ours) == Timeframe::parse(alpaca));
    CHECK(Timeframe::parse(alpaca).name() == ours);
    CHECK(Timeframe::parse(ours).alpaca_name() == alpaca);
  }
  CHECK(Timeframe().name() == "1h");
  CHECK_THROWS_WITH_AS(Timeframe::parse("2h"), "\"2h\" is not a timeframe; there are 1m 5m 15m 1h 4h 1d 1w",
                       base::Error);
  CHECK_THROWS_AS(Timeframe::parse("1M"), base::Error);  // a month elsewhere
}

TEST_CASE("bars open on a grid from midnight UTC, weeks on Monday") {
  CHECK(floor("15m", "2026-11-23T12:44:59.999Z") == "2026-11-23T12:30:00Z");
  CHECK(floor("4h", "2026-11-23T15:59:00Z") == "2026-11-23T12:00:00Z");
  CHECK(floor("1d", "2026-11-23T15:59:00Z") == "2026-11-23T00:00:00Z");
  CHECK(floor("1w", "2026-11-29T23:59:59Z") == "2026-11-23T00:00:00Z");  // a Sunday
  CHECK(floor("1w", "2026-11-23T00:00:00Z") == "2026-11-23T00:00:00Z");
  CHECK(floor("1h", "1969-12-31T23:30:00Z") == "1969-12-31T23:00:00Z");
  CHECK(floor("1w", "1970-01-01T00:00:00Z") == "1969-12-29T00:00:00Z");
}

TEST_CASE("the newest closed bar is the one before the bar that forms") {
  const auto hour = Timeframe::parse("1h");
  CHECK(base::to_rfc3339(hour.newest_closed(at("2026-11-23T12:59:59Z"))) == "2026-11-23T11:00:00Z");
  CHECK(base::to_rfc3339(hour.newest_closed(at("2026-11-23T13:00:00Z"))) == "2026-11-23T12:00:00Z");
}
