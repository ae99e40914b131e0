#include "cmd/experiments/sparkline.h"

#include <limits>

using ctt::cmd::sparkline;

namespace {

std::string of(std::vector<double> values, std::size_t width = 40) { return sparkline(values, width); }

}  // namespace

TEST_CASE("a curve goes from the lowest block to the highest") {
  CHECK(of({0, 1, 2, 3, 4, 5, 6, 7}) == "▁▂▃▄▅▆▇█");
  CHECK(of({-7, 0, -7}) == "▁█▁");
}

TEST_CASE("a flat curve lies in the middle, and none is empty") {
  CHECK(of({3, 3}) == "▅▅");
  CHECK(of({}).empty());
}

TEST_CASE("what is no number leaves a blank") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(of({0, nan, 1, std::numeric_limits<double>::infinity()}) == "▁ █ ");
  CHECK(of({nan}) == " ");
}

TEST_CASE("long curves are averaged in groups") {
  CHECK(of({0, 2, 8, 8}, 2) == "▁█");
  CHECK(of({0, 0, 7, 0, 14}, 5) == "▁▁▅▁█");
}
