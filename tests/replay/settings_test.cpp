#include <doctest/doctest.h>

#include "base/error.h"
#include "desk.h"

namespace ctt::replay {

TEST_CASE("a variation without a value, with an empty or a repeated one, or of no setting is refused") {
  for (const char* wrong : {"interval", "interval=", "interval=6h,,1d", "interval=6h,6h", "speed=1,2", ""})
    CHECK_THROWS_AS(parse_variation(wrong), base::Error);
  CHECK(parse_variation("window=500,1000").values == std::vector<std::string>{"500", "1000"});
}

TEST_CASE("a grid has every combination, later keys vary faster, and the holdout follows the window") {
  Desk desk;
  auto settings = desk.settings();
  settings.vary = {parse_variation("window=100,200"), parse_variation("lr-mult=0.1,0.2")};
  const auto points = settings.points();
  REQUIRE(points.size() == 4);
  CHECK(points[1].vary ==
        std::vector<std::pair<std::string, std::string>>{{"window", "100"}, {"lr-mult", "0.2"}});
  CHECK(points[2].tuning.config.window_candles == 200);
  CHECK(points[2].tuning.config.holdout_candles == 20);
  CHECK(points[1].tuning.config.fine_tune_lr_multiplier == 0.2);
  CHECK(points[0].key != points[1].key);
  settings.vary = {parse_variation("window=5")};
  CHECK_THROWS_AS(settings.points(), base::Error);
}

TEST_CASE("settings are read back as they were written") {
  Desk desk;
  auto settings = desk.settings();
  settings.vary = {parse_variation("interval=6h,1d")};
  settings.latency = std::chrono::seconds(90);
  settings.seen = settings.allow_seen = true;
  const auto again = ReplaySettings::parse(settings.json(), "test");
  CHECK(again.json() == settings.json());
  CHECK(again.points()[1].key == settings.points()[1].key);
}

}  // namespace ctt::replay
