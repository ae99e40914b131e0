#include <doctest/doctest.h>

#include "base/error.h"
#include "desk.h"

namespace ctt::replay {

TEST_CASE("a slot's window is the one of a cycle, and nothing of what comes after the slot shows in it") {
  Desk desk;
  const auto tuning = desk.settings().tuning;
  const auto slot = base::parse_time("2024-02-12T06:00:20Z");
  const auto candles = desk.candles();
  const auto window = MarketHistory(candles, false).window(tuning, slot);
  CHECK(window.last() == at("2024-02-12T05:00:00Z"));
  CHECK(window.series.candles.size() - window.warm_up == 100);
  const auto garbled = Desk::garbled(candles, window.last());
  CHECK(MarketHistory(garbled, false).window(tuning, slot).series.candles == window.series.candles);
}

TEST_CASE(
    "a slot whose newest bar is missing is blocked, and of a remote source ends with the newest there is") {
  Desk desk;
  const auto tuning = desk.settings().tuning;
  auto candles = desk.candles();
  std::erase_if(candles.candles,
                [](const market::Candle& candle) { return candle.open_time == at("2024-02-12T05:00:00Z"); });
  const auto slot = base::parse_time("2024-02-12T06:00:20Z");
  CHECK_THROWS_AS(MarketHistory(candles, false).window(tuning, slot), base::Error);
  CHECK(MarketHistory(candles, true).window(tuning, slot).last() == at("2024-02-12T04:00:00Z"));
}

}  // namespace ctt::replay
