#include <doctest/doctest.h>

#include "replay/random_traders.h"

namespace ctt::replay {

TEST_CASE(
    "random traders pay for as many trades as the lineage made, and nothing where the price stands still") {
  LineageRun like;
  std::vector<market::Candle> bars;
  for (int i = 0; i < 2000; ++i) {
    bars.push_back(
        {.open_time = base::Seconds(std::chrono::hours(i)), .open = 10, .high = 10, .low = 10, .close = 10});
    const bool in = i / 20 % 2 == 1;
    like.account.equity.push_back(100);
    like.account.position_value.push_back(in ? 100 : 0);
    like.account.traded.push_back(i > 0 && i % 20 == 0 ? 100 : 0);
  }
  const auto free = random_band(like, bars, 0, 1);
  REQUIRE(free);
  CHECK(free->median_pct == 0);
  const auto priced = random_band(like, bars, 0.001, 1);
  CHECK(priced->median_pct == doctest::Approx(-9.5).epsilon(0.1));  // 99 changes at 0.1 %
  CHECK(priced->low_pct < priced->median_pct);
  CHECK(priced->high_pct > priced->median_pct);
  for (auto& traded : like.account.traded) traded = 0;
  CHECK_FALSE(random_band(like, bars, 0.001, 1));
}

}  // namespace ctt::replay
